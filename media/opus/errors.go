package opus

import (
	"errors"
	"fmt"

	"github.com/hraban/opus"

	"parley/media/opus/packet"
)

// ErrBuffer says that a buffer has the wrong length for what it is to hold.
var ErrBuffer = errors.New("wrong buffer length")

// ErrInvalidPacket says that libopus could not take the packet. It is the error of
// the pure parser too, so one test with errors.Is covers both.
var ErrInvalidPacket = packet.ErrInvalid

// translate turns libopus's codes into the errors of this package.
func translate(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, opus.ErrInvalidPacket):
		return fmt.Errorf("%s: %w", doing, ErrInvalidPacket)
	case errors.Is(err, opus.ErrBufferTooSmall):
		return fmt.Errorf("%s: %w: too small", doing, ErrBuffer)
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}
