package packet

import "testing"

// Every row of RFC 6716 section 3.1, table 2.
func TestTOC(t *testing.T) {
	silk := []int{480, 960, 1920, 2880}
	hybrid := []int{480, 960}
	celt := []int{120, 240, 480, 960}
	tests := []struct {
		first     int
		mode      Mode
		bandwidth Bandwidth
		samples   []int
	}{
		{0, SILK, Narrowband, silk},
		{4, SILK, Mediumband, silk},
		{8, SILK, Wideband, silk},
		{12, Hybrid, SuperWideband, hybrid},
		{14, Hybrid, Fullband, hybrid},
		{16, CELT, Narrowband, celt},
		{20, CELT, Wideband, celt},
		{24, CELT, SuperWideband, celt},
		{28, CELT, Fullband, celt},
	}
	seen := 0
	for _, tt := range tests {
		for i, samples := range tt.samples {
			seen++
			toc := TOC((tt.first+i)<<3 | 0x04 | 3)
			if got := toc.Config(); got != tt.first+i {
				t.Errorf("TOC %#x: config: got %d, want %d", byte(toc), got, tt.first+i)
			}
			if got := toc.Mode(); got != tt.mode {
				t.Errorf("config %d: mode: got %d, want %d", toc.Config(), got, tt.mode)
			}
			if got := toc.Bandwidth(); got != tt.bandwidth {
				t.Errorf("config %d: bandwidth: got %d, want %d", toc.Config(), got, tt.bandwidth)
			}
			if got := toc.FrameSamples48k(); got != samples {
				t.Errorf("config %d: frame samples: got %d, want %d", toc.Config(), got, samples)
			}
			if !toc.Stereo() || TOC(toc&^4).Stereo() {
				t.Errorf("TOC %#x: the stereo flag is bit 2", byte(toc))
			}
			if got := toc.FrameCountCode(); got != 3 {
				t.Errorf("TOC %#x: frame count code: got %d, want 3", byte(toc), got)
			}
		}
	}
	if seen != 32 {
		t.Errorf("configurations covered: got %d, want 32", seen)
	}
}
