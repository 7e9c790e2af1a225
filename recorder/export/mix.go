package export

import "math"

// The rule of the mix: both voices are added as they are. Up to knee, −2.5 dBFS, the sum
// stays as it is, so one person speaking sounds as loud as in the recording. What is above
// bends towards full scale and never reaches it: with x above the knee and room = full scale −
// knee it becomes knee + room·x/(room+x), whose slope is 1 at the knee. The rule looks at
// one sample alone, so a mix is the same wherever it begins, and nothing pumps. Two people who
// shout at once are bent audibly; to clip them would be worse, and to halve both voices
// always would make every mix half as loud for their sake.
const (
	knee = math.MaxInt16 * 3 / 4
	room = math.MaxInt16 - knee
)

// mixed returns the mix of two samples, within ±32767.
func mixed(a, b int16) int16 {
	sum := int(a) + int(b)
	if sum < 0 {
		return -bent(-sum)
	}
	return bent(sum)
}

// bent bends a sum that is not negative.
func bent(sum int) int16 {
	if sum <= knee {
		return int16(sum)
	}
	above := sum - knee
	return int16(knee + room*above/(room+above))
}
