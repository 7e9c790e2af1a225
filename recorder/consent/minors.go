package consent

// adultAge is the age in years from which nobody is a minor.
const adultAge = 18

// isMinor reports whether the party is known to be under 18 (M1, M2).
func (p PartyFacts) isMinor() bool { return p.Age != nil && *p.Age < adultAge }

// needsGuardian reports whether the party is known to be below the age at which
// a child consents alone (M1).
func (p PartyFacts) needsGuardian(minAge int) bool { return p.Age != nil && *p.Age < minAge }

// ageUnsettled reports whether the policy wants an age that is not known (M3).
func (p PartyFacts) ageUnsettled(policy Policy) bool {
	return p.Age == nil && !p.Adult && policy.UnknownAge != UnknownIsAdult
}
