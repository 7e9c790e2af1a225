package main

import (
	"parley/signaling/api"
	"parley/signaling/auth"
)

// demoPeople are the people of the demo. Their places differ so that each
// pair meets another rule: two one-party states, an all-party state, and a
// country where only an active yes counts.
func demoPeople() []api.DemoPerson {
	return []api.DemoPerson{
		{ID: "maya", Role: auth.RoleMember, Name: "Maya Torres", Place: "US-CA", PlaceName: "California", Language: "en"},
		{ID: "noah", Role: auth.RoleMember, Name: "Noah Kim", Place: "US-TX", PlaceName: "Texas", Language: "en"},
		{ID: "dr-lee", Role: auth.RoleExpert, Name: "Dr. Hanna Lee", Headline: "Tax law for people who live abroad",
			Place: "DE", PlaceName: "Germany", Language: "en"},
		{ID: "sam-ortiz", Role: auth.RoleExpert, Name: "Sam Ortiz", Headline: "Sleep and stress coach",
			Place: "US-NY", PlaceName: "New York", Language: "en"},
		{ID: "robin", Role: auth.RoleQA, Name: "Robin Weiss", Headline: "Quality review", Place: "US-NY", PlaceName: "New York", Language: "en"},
		{ID: "lena", Role: auth.RoleQALead, Name: "Lena Fischer", Headline: "Quality lead", Place: "US-NY", PlaceName: "New York", Language: "en"},
		{ID: "pia", Role: auth.RolePrivacy, Name: "Pia Brandt", Headline: "Privacy", Language: "en"},
		{ID: "ada", Role: auth.RoleAdmin, Name: "Ada Novak", Headline: "Administration", Language: "en"},
	}
}
