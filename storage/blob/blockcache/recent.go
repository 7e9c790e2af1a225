package blockcache

import "container/list"

// recent keeps a bounded number of blocks and forgets the one used longest ago.
// It is not safe for concurrent use.
type recent struct {
	limit int
	order *list.List // of entry, the one used last in front
	byKey map[int64]*list.Element
}

type entry struct {
	number int64
	data   []byte
}

func newRecent(limit int) *recent {
	return &recent{limit: limit, order: list.New(), byKey: map[int64]*list.Element{}}
}

// get returns the block and counts as a use of it.
func (r *recent) get(number int64) ([]byte, bool) {
	element, found := r.byKey[number]
	if !found {
		return nil, false
	}
	r.order.MoveToFront(element)
	return element.Value.(entry).data, true
}

// add keeps a block that is not kept yet.
func (r *recent) add(number int64, data []byte) {
	r.byKey[number] = r.order.PushFront(entry{number: number, data: data})
	for r.order.Len() > r.limit {
		last := r.order.Remove(r.order.Back()).(entry)
		delete(r.byKey, last.number)
	}
}

func (r *recent) clear() {
	r.order.Init()
	clear(r.byKey)
}
