"""Demo of samples, visits and progress reports. Each chapter takes records through their steps on the days told."""
