package matte

// steps spreads one progress function over the steps of a longer work.
type steps struct {
	report func(float64)
	done   float64
}

// part returns the progress function of the next step, which is the given
// share of the whole.
func (s *steps) part(share float64) func(float64) {
	from := s.done
	s.done = min(1, from+share)
	if s.report == nil {
		return func(float64) {}
	}
	return func(p float64) { s.report(min(1, from+share*p)) }
}
