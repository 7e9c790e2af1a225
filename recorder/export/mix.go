package export

import "parley/recorder/level"

// mixed returns the mix of two samples, within ±32767: both voices are added as they are, so
// one person speaking sounds as loud as in the recording, and what comes near full scale is
// bent below it. The rule looks at one sample alone, so a mix is the same wherever it begins,
// and nothing pumps. Two people who shout at once are bent audibly; to clip them would be
// worse, and to halve both voices always would make every mix half as loud for their sake.
func mixed(a, b int16) int16 { return level.Bend(int(a) + int(b)) }
