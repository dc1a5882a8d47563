import Foundation
import Provisioning
import TestSupport
import Testing

@Suite("The whole job, simulated from seeds")
struct SeededSimulationTests {
  static let policy = ProvisioningPolicy(
    mapping: .sample(roleMap: [("admin", ["Company Admin"]), ("Operators", ["Group Supervisor"])]), fingerprint: 1)

  /// `SEEDS=332` runs one again, `SEEDS=1-3000` so many.
  static let seeds: [UInt64] = {
    let bounds = (ProcessInfo.processInfo.environment["SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
    guard let first = bounds.first, let last = bounds.last, first <= last else { return Array(1...500) }
    return Array(first...last)
  }()

  @Test(
    "Given changes, lost signals, failures and crashes, all is well once it is calm, and a further cycle writes nothing",
    arguments: Self.seeds)
  func converges(seed: UInt64) async throws {
    try await converge(seed: seed)
  }

  @Test(
    "Given a person who pauses, starts and restarts the job besides, all is well after a start and a full cycle",
    arguments: Self.seeds.prefix(200))
  func convergesWithOrders(seed: UInt64) async throws {
    try await converge(seed: seed, givesOrders: true)
  }

  @Test(
    "Given scoping filters that people leave and come back through, all is well in the end, too",
    arguments: Self.seeds.prefix(150))
  func filtered(seed: UInt64) async throws {
    try await converge(seed: seed, .init(policy: try Self.filteredPolicy()), isLoyalty: false)
  }

  @Test("Given the whole tenant in scope, with filters, all is well in the end, too", arguments: Self.seeds.prefix(150))
  func everybody(seed: UInt64) async throws {
    try await converge(seed: seed, .init(policy: try Self.filteredPolicy(), scope: .all), isLoyalty: false)
  }

  @Test(
    "The same with provisioned groups, whose members are those of the directory and who was added by hand",
    arguments: Self.seeds.prefix(250))
  func convergesWithGroups(seed: UInt64) async throws {
    var policy = Self.policy
    policy.groups = .sample()
    try await converge(seed: seed, .init(policy: policy))
  }

  /// Every change of a surname or given name may take somebody out of scope, or bring them back.
  private static func filteredPolicy() throws -> ProvisioningPolicy {
    var policy = policy
    policy.filters = ScopingFilters([
      ScopingFilter(name: "surname", clauses: [try ScopingClause("surname", .regexMatch, "(^Surname|[13579]@)")]),
      ScopingFilter(name: "given name", clauses: [try ScopingClause("givenName", .endsWith, "2@example.org")]),
    ])
    return policy
  }

  /// - Parameter isLoyalty: Whether those whom the script never takes out of scope are never removed.
  private func converge(
    seed: UInt64, _ options: Simulation.Options = .init(policy: Self.policy), givesOrders: Bool = false,
    isLoyalty: Bool = true
  ) async throws {
    let simulation = Simulation(seed: seed, options: options)
    simulation.target.put([.targetName: .text("stranger")])
    simulation.target.put([.targetName: .text("synchronized")], externalKey: "XMSYNC_1")
    let strangers = simulation.target.people
    // One who will be adopted.
    simulation.target.put([.targetName: .text("USER2@example.org"), .firstName: .text("Ada")])
    var script = Script(seed: seed, simulation: simulation, givesOrders: givesOrders)
    do {
      try await script.play()
      let invariants = Invariants(simulation: simulation, strangers: strangers, loyal: isLoyalty ? script.loyal : [])
      var wrong: [String] = []
      // Dust settles: every backoff ends, and cycles follow.
      try await simulation.pass(.seconds(3600))
      // A restart with Escrows has failures forgotten until something changes.
      if !script.weather.otherHands, !givesOrders { wrong += invariants.violations(sparingOrphans: true) }
      // What only a listing of people shows is put right by the full cycle and the one after it.
      try await simulation.runFullCycle()
      wrong += invariants.violations()
      wrong += invariants.groupViolations(handMade: script.handMade, hasLostState: script.weather.losesState)
      _ = simulation.target.takeWrites()
      _ = simulation.target.takeGroupWrites()
      let drift = simulation.observer.drift
      try await simulation.runFullCycle()
      wrong += simulation.target.takeWrites().map { "a cycle over equal sides wrote \($0)" }
      wrong += simulation.target.takeGroupWrites().map { "a cycle over equal sides wrote \($0)" }
      if simulation.observer.drift != drift { wrong.append("drift was seen where there is none") }
      #expect(
        wrong.isEmpty,
        "seed \(seed), \(script.weather)\n\(wrong.joined(separator: "\n"))\n\(script.story.joined(separator: "\n"))\n\(invariants.portrait())"
      )
    } catch {
      Issue.record("seed \(seed): \(error)\n\(script.story.joined(separator: "\n"))")
    }
  }
}
