package suspicion

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"parley/storage/id"
	"parley/storage/meta"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// rated is a rating some minutes before noon.
func rated(minutes int, member string, stars int, address, device string) meta.Traced {
	return meta.Traced{
		Member: id.PersonID(member), Expert: "lee", Stars: stars, At: noon.Add(-time.Duration(minutes) * time.Minute), Address: address, Device: device,
	}
}

func many(n int, every int, stars int) (all []meta.Traced) {
	for i := range n {
		all = append(all, rated((i+1)*every, fmt.Sprintf("m%02d", i), stars, "", ""))
	}
	return all
}

func TestFind(t *testing.T) {
	newest := rated(0, "maya", 5, "home", "phone")
	elsewhere := newest
	elsewhere.Expert = "sam"
	five := func(stars int) (all []meta.Traced) {
		for i := range 4 {
			all = append(all, rated(600*(i+1), "maya", stars, "", ""))
		}
		return all
	}
	poor := newest
	poor.Stars = 1
	nowhere := rated(0, "maya", 5, "", "")
	for name, tc := range map[string]struct {
		newest             meta.Traced
		ofExpert, ofMember []meta.Traced
		want               []Finding
	}{
		"nothing else":              {newest, nil, nil, nil},
		"one of a family":           {newest, []meta.Traced{rated(600, "noah", 5, "home", "laptop")}, nil, nil},
		"one's own device again":    {newest, []meta.Traced{rated(600, "maya", 5, "home", "phone")}, nil, nil},
		"one device":                {newest, []meta.Traced{rated(600, "noah", 2, "away", "phone")}, nil, []Finding{{meta.SignSharedDevice, []id.PersonID{"noah"}}}},
		"whatever the stars":        {poor, []meta.Traced{rated(600, "noah", 2, "away", "phone")}, nil, []Finding{{meta.SignSharedDevice, []id.PersonID{"noah"}}}},
		"three at one address":      {newest, []meta.Traced{rated(600, "noah", 5, "home", "a"), rated(700, "ben", 5, "home", "b"), rated(800, "ben", 5, "home", "b")}, nil, []Finding{{meta.SignSharedAddress, []id.PersonID{"ben", "noah"}}}},
		"where nothing is known":    {nowhere, []meta.Traced{rated(600, "noah", 5, "", ""), rated(700, "ben", 5, "", "")}, nil, nil},
		"a busy day":                {newest, many(5, 15, 5), nil, nil},
		"a burst":                   {newest, append(many(5, 10, 5), newest), nil, []Finding{{meta.SignBurst, []id.PersonID{"m00", "m01", "m02", "m03", "m04"}}}},
		"a burst of mixed ratings":  {newest, append(many(5, 10, 4), newest), nil, nil},
		"no burst by a poor rating": {poor, append(many(6, 9, 5), poor), nil, nil},
		"one expert only":           {newest, nil, append(five(5), newest), []Finding{{meta.SignOneExpert, nil}}},
		"one expert, not always":    {newest, nil, append(five(4), newest), nil},
		"others, too":               {newest, nil, append(five(5), newest, elsewhere), nil},
	} {
		if got := Find(tc.newest, tc.ofExpert, tc.ofMember, Usual()); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, tc.want)
		}
	}
}

// TestFindNamesABoundedNumber of people, and each once.
func TestFindNamesABoundedNumber(t *testing.T) {
	all := many(3*MaxOthers, 0, 5)
	got := Find(rated(0, "maya", 5, "", ""), append(all, all...), nil, Usual())
	if len(got) != 1 || len(got[0].Others) != MaxOthers || got[0].Others[1] == got[0].Others[0] {
		t.Errorf("got %+v, want a burst of %d people", got, MaxOthers)
	}
}
