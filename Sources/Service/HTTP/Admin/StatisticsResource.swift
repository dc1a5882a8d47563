import JSON
import ProvisioningModel

/// `/api/v1/statistics`: how fresh xMatters is, and what was done in the last 24 hours.
struct StatisticsResource: Sendable {
  private static let hours = 24

  let state: any State
  let clock: any WallClock
  let freshness: Freshness

  func read(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    let hour = Duration.seconds(3600)
    let now = clock.now
    let thisHour = Timestamp(milliseconds: now.milliseconds - now.milliseconds % hour.milliseconds)
    let first = thisHour - hour * (Self.hours - 1)
    let counts = try await state.actions(since: first)
    let rows = (0..<Self.hours).map { index -> JSONValue in
      let time = first + hour * index
      var row: [String: JSONValue] = ["hour": .string(time.description)]
      for name in ["create", "update", "disable", "delete", "failure"] {
        row[name] = .integer(Int64(counts[time]?[name] ?? 0))
      }
      return .object(row)
    }
    let (median, p95) = freshness.quantiles
    return .json([
      "freshness": [
        "p50Seconds": median.map { .real($0) } ?? .null, "p95Seconds": p95.map { .real($0) } ?? .null,
      ], "actionsPerHour": .array(rows),
    ])
  }
}
