package app

import (
	"context"
	"slices"
	"sync"
	"time"
)

// breath is the shortest time between two rounds of events.
const breath = time.Second / 30

// notifier gathers changes and tells listeners of them from a goroutine of
// its own, so that a slow listener slows nobody and a thousand changes are
// one event.
type notifier struct {
	mu        sync.Mutex
	ids       map[ID]bool
	list      bool
	listeners map[int]func(Event)
	next      int
	wake      chan struct{}
}

func newNotifier() *notifier {
	return &notifier{ids: map[ID]bool{}, listeners: map[int]func(Event){}, wake: make(chan struct{}, 1)}
}

// items notes that items changed.
func (n *notifier) items(ids ...ID) {
	n.mu.Lock()
	for _, id := range ids {
		n.ids[id] = true
	}
	n.mu.Unlock()
	n.nudge()
}

// all notes that the list or the history changed.
func (n *notifier) all() {
	n.mu.Lock()
	n.list = true
	n.mu.Unlock()
	n.nudge()
}

func (n *notifier) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

func (n *notifier) listen(f func(Event)) (stop func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := n.next
	n.next++
	n.listeners[key] = f
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.listeners, key)
	}
}

// run tells the listeners until ctx ends.
func (n *notifier) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		}
		events, listeners := n.take()
		for _, e := range events {
			for _, f := range listeners {
				f(e)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(breath):
		}
	}
}

// take returns what happened since the last call, and who wants to know.
func (n *notifier) take() (events []Event, listeners []func(Event)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.list {
		events = append(events, Event{})
	}
	if len(n.ids) > 0 {
		e := Event{IDs: make([]ID, 0, len(n.ids))}
		for id := range n.ids {
			e.IDs = append(e.IDs, id)
		}
		slices.Sort(e.IDs)
		events = append(events, e)
	}
	n.list = false
	clear(n.ids)
	for key := range n.next {
		if f := n.listeners[key]; f != nil {
			listeners = append(listeners, f)
		}
	}
	return events, listeners
}
