package render

import "slices"

// tape is one voice's sound from the sample that is encoded next to the last
// one that is known. Silence takes no memory, however long.
type tape struct {
	start  int64 // number of the first sample
	length int64
	parts  []part
}

// part is a stretch of sound, pcm[off:], or of silence.
type part struct {
	pcm     []int16
	off     int
	silence int64
}

// end is the number of the sample that comes next.
func (t *tape) end() int64 { return t.start + t.length }

// sound lengthens the tape by n samples and returns them for the caller to
// write.
func (t *tape) sound(n int) []int16 {
	if n == 0 {
		return nil
	}
	t.length += int64(n)
	if k := len(t.parts); k == 0 || t.parts[k-1].silence > 0 {
		t.parts = append(t.parts, part{})
	}
	p := &t.parts[len(t.parts)-1]
	if len(p.pcm)+n > cap(p.pcm) && p.off > len(p.pcm)/2 {
		// Moving costs less than half of what was taken since the last time.
		p.pcm = p.pcm[:copy(p.pcm, p.pcm[p.off:])]
		p.off = 0
	}
	at := len(p.pcm)
	p.pcm = slices.Grow(p.pcm, n)[:at+n]
	return p.pcm[at:]
}

// rest lengthens the tape by n samples of silence.
func (t *tape) rest(n int64) {
	t.length += n
	if k := len(t.parts); k > 0 && t.parts[k-1].silence > 0 {
		t.parts[k-1].silence += n
		return
	}
	t.parts = append(t.parts, part{silence: n})
}

// tail returns the last n samples of sound, or fewer.
func (t *tape) tail(n int) []int16 {
	if len(t.parts) == 0 {
		return nil
	}
	p := t.parts[len(t.parts)-1]
	return p.pcm[max(p.off, len(p.pcm)-n):]
}

// rests tells whether the next n samples are silence that was put as such.
// What the tape does not have is silence too.
func (t *tape) rests(n int64) bool {
	switch len(t.parts) {
	case 0:
		return true
	case 1:
		return t.parts[0].silence > 0
	}
	return t.parts[0].silence >= n
}

// peek returns the samples from the offset on, without taking them: as many as
// buf holds, or none where all of them are silence. It may use buf.
func (t *tape) peek(offset int64, buf []int16) []int16 {
	rest, heard := buf, false
	for i := range t.parts {
		p := &t.parts[i]
		size := p.size()
		if offset >= size {
			offset -= size
			continue
		}
		n := int(min(size-offset, int64(len(rest))))
		if p.silence > 0 {
			clear(rest[:n])
		} else {
			heard = true
			at := p.off + int(offset)
			if n == len(buf) {
				return p.pcm[at : at+n]
			}
			copy(rest, p.pcm[at:at+n])
		}
		if rest, offset = rest[n:], 0; len(rest) == 0 {
			break
		}
	}
	if clear(rest); !heard {
		return nil
	}
	return buf
}

// take moves samples from the front of the tape into dst. What the tape does
// not have is silence.
func (t *tape) take(dst []int16) {
	t.start += int64(len(dst))
	t.length = max(0, t.length-int64(len(dst)))
	for len(dst) > 0 && len(t.parts) > 0 {
		n := t.parts[0].take(dst)
		dst = dst[n:]
		if t.parts[0].empty() {
			t.parts = t.parts[1:]
		}
	}
	clear(dst)
}

func (p *part) empty() bool { return p.size() == 0 }

func (p *part) size() int64 { return p.silence + int64(len(p.pcm)-p.off) }

func (p *part) take(dst []int16) int {
	if p.silence > 0 {
		n := int(min(p.silence, int64(len(dst))))
		clear(dst[:n])
		p.silence -= int64(n)
		return n
	}
	n := copy(dst, p.pcm[p.off:])
	p.off += n
	return n
}
