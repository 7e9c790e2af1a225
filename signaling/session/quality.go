package session

import "parley/media/quality"

// QualityReason is why a leg's connection is not good.
type QualityReason string

// The reasons; none is empty.
const (
	QualityOutgoing QualityReason = "outgoing" // what the person sends is lost on its way
	QualityIncoming QualityReason = "incoming" // what the person should hear is
	QualityUneven   QualityReason = "uneven"   // sound arrives unevenly
	QualitySlow     QualityReason = "slow"     // sound takes long
	QualityAgain    QualityReason = "again"    // the connection is gone and is being made again
)

// Quality is how a side's connection is, in a word, and why.
type Quality struct {
	Word   quality.Word
	Reason QualityReason
}

// QualityChanged: a side's connection is another one than before, in a word.
type QualityChanged struct {
	Side    Side
	Quality Quality
}

func (QualityChanged) event() {}

// requality brings a side's word in line with a change of its connection: one that
// is gone is lost, and what a new one is like is not known yet.
func (p *Place) requality() {
	switch p.Media {
	case MediaConnected:
		if p.Quality.Word == quality.Lost {
			p.Quality = Quality{}
		}
	case MediaLost:
		p.Quality = Quality{Word: quality.Lost, Reason: QualityAgain}
	default:
		p.Quality = Quality{}
	}
}
