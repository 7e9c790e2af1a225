package policy_test

import (
	"reflect"
	"strings"
	"testing"

	"parley/recorder/consent"
	"parley/recorder/consent/policy"
)

const full = `policy: 1
never_record_minors: true
unknown_age: must_be_known
call_age: 18
at_least: express
beep: true
max_retention_days: 30
withdrawal: erase
decline: end
purposes: ["Quality review", "Training"]
earlier_consent: {count: true, max_age_days: 180}
`

func TestDecode(t *testing.T) {
	got, err := policy.Decode(policy.Policy{}, []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	want := policy.Policy{
		Judge: consent.Policy{
			NeverRecordMinors: true, UnknownAge: consent.UnknownMustAsk, CallAge: 18, AtLeast: consent.FormExpress,
			Beep: true, MaxRetentionDays: 30, PartBefore: consent.Erase,
			Earlier: consent.EarlierPolicy{Allowed: true, MaxAgeDays: 180},
		},
		Purposes: []string{"Quality review", "Training"}, EndOnDecline: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecodeKeepsWhatIsNotMentioned(t *testing.T) {
	got, err := policy.Decode(policy.Default(), []byte("policy: 1\nunknown_age: adult\n"))
	want := policy.Default()
	want.Judge.UnknownAge = consent.UnknownIsAdult
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if d := policy.Default().Judge; !d.NeverRecordMinors || d.UnknownAge != consent.UnknownMustAsk {
		t.Errorf("default: got %+v, want minors never recorded and every age known", d)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, old, with, want string }{
		{"a lower age", "call_age: 18", "call_age: 12", "line 4: call_age: 12 is looser than the platform's 16: write 16 or more"},
		{"no age", "call_age: 18", "call_age: 400", "line 4: call_age: 400 is no age"},
		{"less than the law", "at_least: express", "at_least: none", "line 5: at_least: none asks for nothing more"},
		{"an unknown form", "at_least: express", "at_least: silence", `line 5: at_least: "silence" is neither`},
		{"no bound", "max_retention_days: 30", "max_retention_days: 0", "line 7: max_retention_days: 0 is no bound"},
		{"keeping", "withdrawal: erase", "withdrawal: keep", "line 8: withdrawal: keep is looser than the rules"},
		{"an unknown end", "decline: end", "decline: hang_up", "line 9: decline:"},
		{"a forbidden purpose", `"Training"`, `"unlawful"`, "line 10: purposes:"},
		{"an empty purpose", `"Training"`, `" "`, "line 10: purposes: an empty purpose"},
		{"no purpose", `["Quality review", "Training"]`, "[]", "line 10: purposes:"},
		{"too long a memory", "max_age_days: 180", "max_age_days: 400", "line 11: earlier_consent.max_age_days: 400 is looser than the rules"},
		{"no memory", "max_age_days: 180", "max_age_days: 0", "line 11: earlier_consent.max_age_days: 0"},
		{"an endless memory", ", max_age_days: 180", "", "line 11: earlier_consent: max_age_days is missing"},
		{"an unknown age rule", "must_be_known", "guess", "line 3: unknown_age:"},
		{"an unknown key", "beep: true", "beeb: true", "line 6: field beeb not found"},
		{"a key twice", "beep: true", "beep: true\nbeep: false", "already defined"},
		{"a wrong type", "beep: true", "beep: often", "line 6: cannot unmarshal"},
		{"another layout", "policy: 1", "policy: 2", "line 1: policy: must be 1"},
		{"no layout", "policy: 1\n", "", "policy: must be 1"},
		{"a second document", "beep: true", "beep: true\n---\nx: 1", "more than one document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(full, tt.old) {
				t.Fatalf("the full policy has no %q", tt.old)
			}
			got, err := policy.Decode(policy.Default(), []byte(strings.Replace(full, tt.old, tt.with, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if !reflect.DeepEqual(got, policy.Default()) {
				t.Errorf("got %+v beside the error, want the base", got)
			}
		})
	}
	if _, err := policy.Decode(policy.Policy{}, nil); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty file: got %v", err)
	}
}

// TestDecodeNamesEveryFault: nobody should mend a file one start at a time.
func TestDecodeNamesEveryFault(t *testing.T) {
	_, err := policy.Decode(policy.Policy{}, []byte("policy: 1\ncall_age: 3\ndecline: x\n"))
	for _, want := range []string{"line 2: call_age", "line 3: decline"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
