// Package cachetest is a clock for tests of what happens with time.
package cachetest

import (
	"sync"
	"time"
)

// Clock is a cache.Clock that moves only when told to.
type Clock struct {
	mu     sync.Mutex
	wall   time.Time
	boot   time.Duration
	awake  time.Duration // what timers run on: it stands still in sleep
	timers []timer
}

type timer struct {
	at time.Duration
	c  chan time.Time
}

// New returns a clock that shows an ordinary day.
func New() *Clock {
	return &Clock{wall: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), boot: 100 * time.Hour}
}

// Wall is the time of day.
func (c *Clock) Wall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall
}

// Boot is the time since start, sleep included.
func (c *Clock) Boot() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.boot
}

// After fires once the clock has been advanced by d.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := timer{c.awake + d, make(chan time.Time, 1)}
	c.timers = append(c.timers, t)
	c.fire()
	return t.c
}

// Advance lets time pass while the computer is awake.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.boot, c.awake = c.wall.Add(d), c.boot+d, c.awake+d
	c.fire()
}

// Sleep lets time pass while the computer sleeps: timers do not notice.
func (c *Clock) Sleep(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.boot = c.wall.Add(d), c.boot+d
}

// Set moves the time of day by d, as a person or the network may.
func (c *Clock) Set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall = c.wall.Add(d)
}

func (c *Clock) fire() {
	rest := c.timers[:0]
	for _, t := range c.timers {
		if t.at <= c.awake {
			t.c <- c.wall
		} else {
			rest = append(rest, t)
		}
	}
	c.timers = rest
}
