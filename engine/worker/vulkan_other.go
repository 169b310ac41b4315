package worker

func adapters() []Adapter { return nil }
