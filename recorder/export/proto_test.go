package export

import (
	"fmt"
	"testing"
	"time"
	"math/rand"

	"parley/media/audiomatch"
	"parley/media/opus"
	"parley/media/rtrace"
	"github.com/pion/rtp"
)

func TestProto(t *testing.T) {
	sets := map[string][][]byte{}
	for _, br := range []int{8000, 12000, 16000, 24000, 32000, 64000} {
		for _, app := range []opus.Application{opus.VoIP, opus.Audio} {
		enc, _ := opus.NewEncoder(opus.Config{BitrateBps: br, Application: app})
		ph := audiomatch.Phrase(1, 30*time.Second)
		for i := range ph { ph[i] += int16(rand.Intn(41)-20) }
		var ps [][]byte
		for i := 0; i+960 <= len(ph); i += 960 {
			b := make([]byte, 1276)
			n, _ := enc.Encode(ph[i:i+960], b)
			ps = append(ps, b[:n])
		}
		sets[fmt.Sprint(br, app)] = ps
		}
	}
	for _, name := range []string{"a_default", "b_dtx", "d_fec_loss", "g1_firefox","b2_dtx_expert"} {
		tr, err := rtrace.Open("/work/shared/fixtures/" + name + ".rtrace")
		if err != nil { t.Fatal(err) }
		var ps [][]byte
		var last uint32
		for r := range tr.RTP(0) {
			var p rtp.Packet
			p.Unmarshal(r.Data)
			if len(ps) > 0 {
				for ts := last + 960; ts != p.Timestamp; ts += 960 { ps = append(ps, ps[len(ps)-1][:1]) }
			}
			last = p.Timestamp
			ps = append(ps, p.Payload)
		}
		sets[name] = ps
	}
	for name, ps := range sets {
		dec, _ := opus.NewDecoder()
		var ref []int16
		buf := make([]int16, 5760)
		for _, p := range ps { n, _ := dec.Decode(p, buf); ref = append(ref, buf[:n]...) }
		out := name + ": "
		for _, pre := range []int{4, 8, 10, 16, 25, 50} {
			worst, worstDB := 0, 0.0
			n8 := 0
			for k := 50; k+50 <= len(ps); k += 50 {
				d, _ := opus.NewDecoder()
				for i := k - pre; i < k; i++ { d.Decode(ps[i], buf) }
				var e, s float64
				for i := k; i < k+50; i++ {
					n, _ := d.Decode(ps[i], buf)
					for j := range n { 
						df := int(buf[j]) - int(ref[i*960+j]); if df < 0 { df = -df }; if df > worst { worst = df }
						e += float64(df*df); s += float64(ref[i*960+j])*float64(ref[i*960+j])
						if df > 8 { n8++ }
					}
				}
				if s > 0 && e/s > worstDB { worstDB = e/s }
			}
			out += fmt.Sprintf(" pre%d worst=%d e/s=%.1e n8=%d;", pre, worst, worstDB, n8)
		}
		fmt.Println(out)
	}
}
