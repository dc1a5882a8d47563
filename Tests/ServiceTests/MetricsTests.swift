import Service
import Testing

@Suite struct MetricsTests {
  @Test("counters, gauges and histograms are written as Prometheus reads them")
  func exposition() {
    let metrics = MetricsRegistry()
    let counter = MetricDefinition("c_total", .counter, labels: ["kind"], "Counts.")
    let histogram = MetricDefinition("h_seconds", .histogram([0.1, 1]), "Measures.")
    metrics.add(to: counter, "a\"b")
    metrics.add(2, to: counter, "a\"b")
    metrics.observe(.milliseconds(100), in: histogram)
    metrics.observe(.seconds(5), in: histogram)
    metrics.set(MetricDefinition("g", .gauge, "Shows."), to: 1.5)
    #expect(
      metrics.text() == """
        # HELP c_total Counts.
        # TYPE c_total counter
        c_total{kind="a\\"b"} 3
        # HELP g Shows.
        # TYPE g gauge
        g 1.5
        # HELP h_seconds Measures.
        # TYPE h_seconds histogram
        h_seconds_bucket{le="0.1"} 1
        h_seconds_bucket{le="1"} 1
        h_seconds_bucket{le="+Inf"} 2
        h_seconds_sum 5.1
        h_seconds_count 2

        """)
  }

  @Test("a metric takes a bounded number of label combinations")
  func bound() {
    let metrics = MetricsRegistry()
    let counter = MetricDefinition("c_total", .counter, labels: ["id"], "Counts.")
    for number in 0..<5000 { metrics.add(to: counter, "\(number)") }
    #expect(metrics.text().split(separator: "\n").count == 1002)
  }
}
