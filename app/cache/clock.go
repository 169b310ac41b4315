package cache

import "time"

// Clock tells time twice: Wall is the time of day, which a person or the
// network may set; Boot is the time since the computer was started, which
// nobody can set and which goes on while the computer sleeps. A box is as old
// as the greater of the two says: setting the time of day back does not
// lengthen its life, and where Boot stood still after all (a virtual machine
// that was stopped) the time of day ends it.
type Clock interface {
	Wall() time.Time
	Boot() time.Duration
	// After is time.After; it may fire late after sleep.
	After(time.Duration) <-chan time.Time
}

// System is the system's clock.
var System Clock = systemClock{}

type systemClock struct{}

// Wall has no monotonic reading, which would stand still in sleep.
func (systemClock) Wall() time.Time                        { return time.Now().Round(0) }
func (systemClock) Boot() time.Duration                    { return sinceBoot() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// moment is one reading of both clocks.
type moment struct {
	wall time.Time
	boot time.Duration
}

func now(c Clock) moment { return moment{c.Wall(), c.Boot()} }

// since returns how long ago m was, by the clock that says it was longer.
func (t moment) since(m moment) time.Duration {
	return max(t.boot-m.boot, t.wall.Sub(m.wall))
}
