import Foundation
import Testing

@Suite("The whole job, simulated from seeds: once all is calm all is well, and a further cycle writes nothing")
struct SeededSimulationTests {
  /// `SEEDS=332` runs one again, exactly as it was; `SEEDS=1-3000` runs so many of every setting.
  private static let asked: ClosedRange<UInt64>? = {
    let bounds = (ProcessInfo.processInfo.environment["SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
    guard let first = bounds.first, let last = bounds.last, first <= last else { return nil }
    return first...last
  }()

  /// In portions, so that all processors have something to do.
  private static func seeds(_ count: UInt64) -> [ClosedRange<UInt64>] {
    let seeds = asked ?? 1...count
    return stride(from: seeds.lowerBound, through: seeds.upperBound, by: 25).map { $0...min($0 + 24, seeds.upperBound) }
  }

  private func run(_ seeds: ClosedRange<UInt64>, _ setting: Trial.Setting) async throws {
    for seed in seeds {
      var trial = try Trial(seed: seed, setting)
      if let failure = await trial.failure() { Issue.record("\(failure)") }
    }
  }

  @Test("Given changes, lost signals, troubles, poison, mass leaving and crashes", arguments: Self.seeds(1000))
  func plain(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .plain)
  }

  @Test("Given a person who pauses, starts and restarts the job besides", arguments: Self.seeds(300))
  func orders(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .orders)
  }

  @Test("Given scoping filters that people leave and come back through", arguments: Self.seeds(300))
  func filters(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .filters)
  }

  @Test("Given the whole tenant in scope, with filters", arguments: Self.seeds(200))
  func everybody(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .everybody)
  }

  @Test(
    "Given provisioned groups, whose members are those of the directory and who was added by hand",
    arguments: Self.seeds(300))
  func groups(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .groups)
  }

  @Test("Given a directory whose replicas are behind by up to minutes", arguments: Self.seeds(300))
  func lag(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .lag)
  }

  @Test("Given new people who are made by files", arguments: Self.seeds(300))
  func files(seeds: ClosedRange<UInt64>) async throws {
    try await run(seeds, .files)
  }
}
