package words

import (
	"slices"
	"strconv"

	"parley/recorder/consent"
)

// Ask returns what the party p is to be shown under the verdict.
//
// The kind is a question when p's active yes is needed (or would do, where one
// yes is enough), a notice when telling p is enough, and none when recording is
// refused, when somebody's age must be known first, or p is not on the call. A child whose guardian has agreed is still
// asked, though the verdict refuses until the child says yes.
func (c Catalogue) Ask(v consent.Verdict, p consent.Party, ctx Context) Question {
	t := c.book(ctx.Language)
	q := Question{
		Kind: kindFor(v, p, ctx), Language: t.Language, Version: t.Version,
		WhyTitle: t.WhyTitle, DetailsTitle: t.DetailsTitle,
	}
	switch q.Kind {
	case KindQuestion:
		q.Title, q.Yes, q.No = t.QuestionTitle, t.Yes, t.No
	case KindNotice:
		q.Title, q.No = t.NoticeTitle, t.Stop
	default:
		q.Title, q.Body = t.NoneTitle, noneBody(t, v, p)
		q.WhatHappens, q.Why, q.Sources = []string{}, []string{t.NotAdvice}, []Source{}
		return q.sealed()
	}
	q.Body = body(t, v, p, ctx, q)
	q.WhatHappens = details(t, v, p, ctx, q)
	q.Why = why(t, v, p, ctx)
	q.Sources = sources(v, p)
	return q.sealed()
}

// Ask words a verdict as the project ships it; see [Catalogue.Ask].
func Ask(v consent.Verdict, p consent.Party, ctx Context) Question {
	return Catalogue{}.Ask(v, p, ctx)
}

// noneBody says why nothing is recorded where that tells nobody of another's
// age.
func noneBody(t texts, v consent.Verdict, p consent.Party) []string {
	lines := []string{t.NoneBody}
	switch {
	case v.Rule == consent.RuleM3:
		lines = append(lines, t.NoneAge)
	case v.Rule == consent.RuleNoMinors && isMinor(v, p):
		lines = append(lines, t.NoneMinor)
	}
	return lines
}

func kindFor(v consent.Verdict, p consent.Party, ctx Context) Kind {
	if !slices.Contains(v.Present, p) {
		return KindNone
	}
	self := consent.Person(p)
	onlySelfMissing := v.Rule == consent.RuleM1 && slices.Equal(v.Missing, []consent.Person{self})
	if v.Decision == consent.Refuse && !onlySelfMissing || len(v.AgeFrom) > 0 {
		return KindNone // no answer of theirs could cure it
	}
	if slices.Contains(v.ExpressFrom, self) || slices.Contains(v.ExpressFrom, consent.AnyOne) {
		if ctx.AgreedOn != "" {
			return KindNotice
		}
		return KindQuestion
	}
	return KindNotice
}

// isMinor reports whether p is asked because of its age. Where everybody must
// say yes the verdict does not tell an older minor from an adult, and the words
// need not either.
func isMinor(v consent.Verdict, p consent.Party) bool {
	return needsGuardian(v, p) ||
		v.Form != consent.FormExpress && slices.Contains(v.ExpressFrom, consent.Person(p))
}

func needsGuardian(v consent.Verdict, p consent.Party) bool {
	return slices.Contains(v.ExpressFrom, consent.Guardian(p))
}

func body(t texts, v consent.Verdict, p consent.Party, ctx Context, q Question) []string {
	listeners := t.ListenersTwo
	if len(v.Present) > 2 {
		listeners = t.ListenersMore
	}
	lines := []string{listeners, days(ctx.RetentionDays, t.KeptOpen, t.KeptOne, t.KeptDays)}
	if q.Kind == KindNotice && ctx.AgreedOn != "" {
		lines = append([]string{fill(t.AgreedEarlier, "date", ctx.AgreedOn)}, lines...)
	}
	if q.Kind == KindNotice {
		return append(lines, ofNo(ctx, t.NoticeStop, fill(t.NoticeEnds, "no", q.No)))
	}
	lines = append(lines, ofNo(ctx, t.NoIsFree, t.NoEnds))
	if isMinor(v, p) {
		lines = append(lines, t.MinorFree)
	}
	if needsGuardian(v, p) {
		lines = append(lines, t.GuardianToo)
	}
	return lines
}

// ofNo is what the words say of a no: that it is free, or that it ends the call.
func ofNo(ctx Context, free, ends string) string {
	if ctx.NoEnds {
		return ends
	}
	return free
}

func days(n int, open, one, many string) string {
	switch {
	case n <= 0:
		return open
	case n == 1:
		return one
	default:
		return fill(many, "days", strconv.Itoa(n))
	}
}

// details lists what a valid notice must contain, in the order of the nine
// points of the rules' section on notices.
func details(t texts, v consent.Verdict, p consent.Party, ctx Context, q Question) []string {
	lines := what(t, v, ctx)
	lines = append(lines, who(t, ctx)...)
	lines = append(lines, purposes(t, ctx)...)
	lines = append(lines, recipients(t, v, p, ctx)...)
	lines = append(lines, storage(t, ctx)...)
	lines = append(lines, fill(ofNo(ctx, t.Voluntary, t.VoluntaryEnds), "no", q.No))
	lines = append(lines, stopping(t, v, ctx)...)
	lines = append(lines, t.Rights)
	if ctx.ComplaintBody != "" {
		lines = append(lines, fill(t.Complaint, "body", ctx.ComplaintBody))
	}
	return append(lines, t.Sensitive)
}

func what(t texts, v consent.Verdict, ctx Context) []string {
	sound, start := t.Sound, t.StartsAfterYes
	if ctx.Transcript {
		sound = t.SoundAndText
	}
	switch {
	case v.Form == consent.FormNotice:
		start = t.StartsAfterNotice
	case slices.Contains(v.ExpressFrom, consent.AnyOne):
		start = t.StartsAfterOne
	}
	lines := []string{sound, start, t.Mark}
	if v.BeepDue {
		lines = append(lines, t.Beep)
	}
	return lines
}

func who(t texts, ctx Context) []string {
	var lines []string
	if ctx.Operator != "" {
		lines = append(lines, fill(t.RecordedBy, "operator", ctx.Operator))
	}
	if ctx.Contact != "" {
		lines = append(lines, fill(t.Contact, "contact", ctx.Contact))
	}
	return lines
}

func purposes(t texts, ctx Context) []string {
	var lines []string
	for _, purpose := range ctx.Purposes {
		lines = append(lines, fill(t.Purpose, "purpose", purpose))
	}
	if ctx.CourtUse {
		return append(lines, t.CourtYes)
	}
	return append(lines, t.CourtNo)
}

func recipients(t texts, v consent.Verdict, p consent.Party, ctx Context) []string {
	var lines []string
	for _, other := range v.Present {
		if other != p {
			name := withRole(t, other, ctx)
			lines = append(lines, upperFirst(fill(t.OtherHears, "name", name)))
		}
	}
	if len(ctx.Recipients) == 0 {
		return append(lines, t.NoRecipient)
	}
	for _, r := range ctx.Recipients {
		lines = append(lines, fill(t.Recipient, "recipient", r))
	}
	return lines
}

func storage(t texts, ctx Context) []string {
	var lines []string
	if ctx.StoredIn != "" {
		lines = append(lines, fill(t.StoredIn, "place", ctx.StoredIn))
	}
	return append(lines, days(ctx.RetentionDays, t.ErasedOpen, t.ErasedAfterOne, t.ErasedAfterDays), t.Hold)
}

func stopping(t texts, v consent.Verdict, ctx Context) []string {
	before, part := t.BeforeKeep, ctx.PartBefore
	if part == "" {
		part = v.PartBefore
	}
	switch part {
	case consent.AskKeepOrErase:
		before = t.BeforeAsk
	case consent.Erase:
		before = t.BeforeErase
	}
	return []string{fill(t.StopMidway, "stop", t.Stop), before}
}
