package blockcache

import (
	"fmt"
	"io"
	"os"
	"sync"

	"parley/storage/blob"
)

const (
	// DefaultBlockSize is about a minute of voice at 32 kbit/s.
	DefaultBlockSize = 256 << 10
	// DefaultBlocks keeps the place of playing, the one before a seek, and
	// the object's two ends.
	DefaultBlocks = 8
)

// Config bounds the memory of one [Object]: BlockSize × Blocks, and one block
// more for each call that is reading one at the moment.
type Config struct {
	// BlockSize is what one request reads, in bytes, at offsets that are its
	// multiples. Zero means [DefaultBlockSize].
	BlockSize int
	// Blocks is how many blocks are kept; the one used longest ago goes first.
	// Zero means [DefaultBlocks].
	Blocks int
}

func (c Config) withDefaults() Config {
	if c.BlockSize == 0 {
		c.BlockSize = DefaultBlockSize
	}
	if c.Blocks == 0 {
		c.Blocks = DefaultBlocks
	}
	return c
}

func (c Config) validate() error {
	if c.BlockSize < 0 || c.Blocks < 0 {
		return fmt.Errorf("blockcache: BlockSize is %d and Blocks is %d, want neither below 0", c.BlockSize, c.Blocks)
	}
	return nil
}

// Object is a [blob.Object] that keeps blocks of another one. It is safe for
// concurrent use; callers that miss the same block wait for one request.
type Object struct {
	src       blob.Object
	blockSize int64

	// mu guards what follows. It is not held while the source is read.
	mu      sync.Mutex
	closed  bool
	kept    *recent
	flights map[int64]*flight
}

var _ blob.Object = (*Object)(nil)

// flight is a block being read. Its outcome is set before done is closed.
type flight struct {
	done chan struct{}
	data []byte
	err  error
}

// New returns src behind a cache. Closing it closes src.
func New(src blob.Object, cfg Config) (*Object, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	return &Object{
		src:       src,
		blockSize: int64(cfg.BlockSize),
		kept:      newRecent(cfg.Blocks),
		flights:   map[int64]*flight{},
	}, nil
}

// Size implements [blob.Object].
func (o *Object) Size() int64 { return o.src.Size() }

// Close implements [blob.Object] and forgets what was kept.
func (o *Object) Close() error {
	o.mu.Lock()
	o.closed = true
	o.kept.clear()
	o.mu.Unlock()
	return o.src.Close()
}

// ReadAt implements [io.ReaderAt]. What is kept can be read even after the
// context of the source has ended.
func (o *Object) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("blockcache: offset %d is negative", off)
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= o.Size() {
			return n, io.EOF
		}
		block, err := o.block(at / o.blockSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], block[at%o.blockSize:])
	}
	return n, nil
}

// block returns the block with the given number, which must begin before the end
// of the object. The result must not be changed.
func (o *Object) block(number int64) ([]byte, error) {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return nil, fmt.Errorf("blockcache: %w", os.ErrClosed)
	}
	if data, found := o.kept.get(number); found {
		o.mu.Unlock()
		return data, nil
	}
	f, flying := o.flights[number]
	if !flying {
		f = &flight{done: make(chan struct{})}
		o.flights[number] = f
	}
	o.mu.Unlock()
	if flying {
		<-f.done
	} else {
		o.fly(number, f)
	}
	return f.data, f.err
}

// fly reads a block and tells everybody who waits for it. An error is told but
// not kept: the next caller tries anew.
func (o *Object) fly(number int64, f *flight) {
	f.err = fmt.Errorf("blockcache: reading block %d broke off", number) // unless it returns
	defer func() {
		o.mu.Lock()
		delete(o.flights, number)
		if f.err == nil && !o.closed {
			o.kept.add(number, f.data)
		}
		o.mu.Unlock()
		close(f.done)
	}()
	f.data, f.err = o.read(number)
}

func (o *Object) read(number int64) ([]byte, error) {
	begin := number * o.blockSize
	data := make([]byte, min(o.blockSize, o.Size()-begin))
	n, err := o.src.ReadAt(data, begin)
	if n == len(data) {
		return data, nil // with io.EOF or without
	}
	if err == nil || err == io.EOF {
		err = fmt.Errorf("blockcache: %d bytes at %d, want %d: %w", n, begin, len(data), io.ErrUnexpectedEOF)
	}
	return nil, err
}
