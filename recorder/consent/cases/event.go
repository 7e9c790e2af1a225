package cases

import (
	"gopkg.in/yaml.v3"

	"parley/recorder/consent"
)

// eventKeys are the keys of each type of event beside its type; a question
// mark makes one optional.
func eventKeys(kind string) (keys []string, known bool) {
	switch kind {
	case "join":
		return []string{"party", "jurisdiction", "answer?"}, true
	case "leave":
		return []string{"party"}, true
	case "location":
		return []string{"party", "to"}, true
	case "withdraw", "consent", "continued":
		return []string{"by"}, true
	case "pause":
		return []string{"reason"}, true
	case "resume":
		return nil, true
	case "purpose_change":
		return []string{"purpose"}, true
	case "recipient_added":
		return []string{"recipient"}, true
	case "age_learned":
		return []string{"party", "age"}, true
	}
	return nil, false
}

func (r *reader) events(n *yaml.Node) []consent.Event {
	if n == nil {
		return nil
	}
	n = resolved(n)
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "events: a list is due; [] if nothing happens")
		return nil
	}
	var out []consent.Event
	for _, item := range n.Content {
		if e := r.event(item); e != nil {
			out = append(out, e)
		}
	}
	return out
}

func (r *reader) event(n *yaml.Node) consent.Event {
	typeNode := valueOf(resolved(n), "type")
	if typeNode == nil {
		r.fault(n, "events: an event is a mapping with a type")
		return nil
	}
	kind := r.text(typeNode, "type")
	keys, known := eventKeys(kind)
	if !known {
		r.fault(typeNode, "type: %q is no event; there are join, leave, location, withdraw, consent, continued, pause, resume, purpose_change, recipient_added and age_learned", kind)
		return nil
	}
	before := len(r.faults)
	m := r.mapping(n, "event "+kind, append([]string{"type"}, keys...)...)
	if len(r.faults) > before {
		return nil
	}
	return r.eventOf(kind, m)
}

// eventOf makes the event of the keys, which are all there.
func (r *reader) eventOf(kind string, m map[string]*yaml.Node) consent.Event {
	switch kind {
	case "join":
		e := consent.Join{Party: r.partyThat(m["party"], "third"), Source: consent.SourceDeclared, Answer: r.answer(m["answer"], "answer")}
		if !isNull(m["jurisdiction"]) {
			e.Place = r.place(m["jurisdiction"], "jurisdiction")
		}
		return e
	case "leave":
		return consent.Leave{Party: r.partyThat(m["party"], parties...)}
	case "location":
		return consent.Location{Party: r.partyThat(m["party"], parties...), Place: r.place(m["to"], "to"), Source: consent.SourceGeo}
	case "withdraw":
		return consent.Withdraw{By: r.person(m["by"])}
	case "consent":
		return consent.Consent{By: r.person(m["by"])}
	case "continued":
		return consent.Continued{By: r.person(m["by"])}
	case "pause":
		return consent.Pause{Reason: r.text(m["reason"], "reason")}
	case "resume":
		return consent.Resume{}
	case "purpose_change":
		return consent.PurposeChange{Purpose: r.text(m["purpose"], "purpose")}
	case "recipient_added":
		return consent.RecipientAdded{Recipient: r.text(m["recipient"], "recipient")}
	default: // age_learned
		return consent.AgeLearned{Party: r.partyThat(m["party"], parties...), Age: r.age(m["age"], "age")}
	}
}

func (r *reader) partyThat(n *yaml.Node, allowed ...string) consent.Party {
	return consent.Party(r.oneOf(n, "party", allowed...))
}

func (r *reader) person(n *yaml.Node) consent.Person {
	return consent.Person(r.oneOf(n, "by", persons...))
}
