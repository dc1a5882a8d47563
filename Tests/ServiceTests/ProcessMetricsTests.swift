import Testing

@testable import Service

@Suite("What the process takes")
struct ProcessMetricsTests {
  @Test("Given a line of /proc with a program's name that has blanks and brackets, the fields after it are found")
  func stat() {
    let stat =
      "7 (roll) call) S 1 1 1 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 9 0 1000 2000000 300 18446744073709551615 1 1"
    let process = ProcessMetrics(
      stat: stat, bootSeconds: 1_000_000, ticksPerSecond: 100, pageBytes: 4096, openDescriptors: 12,
      maxDescriptors: 1024)
    #expect(process?.cpuSeconds == 3)
    #expect(process?.threads == 9)
    #expect(process?.startSeconds == 1_000_010)
    #expect(process?.residentBytes == 300 * 4096)
    #expect(process?.openDescriptors == 12)
  }

  @Test("Given this process, all of it is there")
  func own() throws {
    let process = try #require(ProcessMetrics.read())
    #expect(process.residentBytes > 1 << 20)
    #expect(process.threads > 0 && process.openDescriptors > 2 && process.maxDescriptors >= process.openDescriptors)
    #expect(process.startSeconds > 1_500_000_000)
  }

  @Test("Given a service that has just begun, each counter with known labels is there with 0")
  func zeros() {
    let metrics = MetricsRegistry()
    metrics.add(to: Metric.notifications, "accepted")
    metrics.begin(Metric.counters)
    let text = metrics.text()
    for line in [
      #"rollcall_notifications_total{result="accepted"} 1"#, #"rollcall_notifications_total{result="refused"} 0"#,
      #"rollcall_provisioning_actions_total{action="disable",status="failure"} 0"#, "rollcall_drift_found_total 0",
      #"rollcall_upstream_throttled_total{upstream="xmatters"} 0"#,
      #"rollcall_admin_requests_total{route="/api/v1/job/pause",status="401"} 0"#,
      #"rollcall_http_requests_total{route="/webhooks/graph",status="202"} 0"#,
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
  }
}
