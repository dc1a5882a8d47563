import ProvisioningModel
import ProvisioningRules
import Reconciler
import SynchronizationJob
import TestSupport
import Testing

@Suite("What an operator decides on held removals")
struct RemovalDecisionTests {
  /// Five of six users have left, against a limit of one.
  private func held() async throws -> Simulation {
    let limits = RemovalLimits(count: 1, percent: 100, minimum: 1)
    let simulation = Simulation(seed: 1, options: .init(protection: .init(removals: limits)))
    for number in 1...6 {
      simulation.directory.put(.sample(number))
      simulation.directory.assign(.sample(number))
    }
    simulation.start()
    try await simulation.pass(.seconds(60))
    for number in 1...5 { simulation.directory.unassign(.sample(number)) }
    try await simulation.pass(.seconds(1300))
    #expect(simulation.heldRemovals == 5 && inactive(simulation).isEmpty)
    return simulation
  }

  private func inactive(_ simulation: Simulation) -> Set<String> {
    Set(
      simulation.target.people.values.filter { $0.attributes[.status] == PersonStatus.inactive }.compactMap(
        \.targetName))
  }

  @Test("Given two that are allowed, they are disabled, and the others stay held")
  func allowSome() async throws {
    let simulation = try await held()
    try await simulation.order { try await $0.allow(.objects([.sample(1), .sample(2), .sample(99)])) }
    try await simulation.pass(.seconds(60))
    #expect(inactive(simulation) == ["user1@example.org", "user2@example.org"])
    #expect(simulation.heldRemovals == 3)
    try await simulation.pass(.seconds(7200))
    #expect(inactive(simulation).count == 2 && simulation.heldRemovals == 3, "others are not released by it")
  }

  @Test("Given one that is kept, all that are held may be allowed without it, also after a restart")
  func keep() async throws {
    let simulation = try await held()
    try await simulation.order { try await $0.keep(.objects([.sample(3)])) }
    #expect(simulation.heldRemovals == 4)
    simulation.crash()
    try await simulation.pass(.seconds(60))
    try await simulation.order { try await $0.allow(.all(before: Timestamp(milliseconds: .max))) }
    try await simulation.pass(.seconds(7200))
    #expect(inactive(simulation).count == 4 && !inactive(simulation).contains("user3@example.org"))
    #expect(Set(simulation.state.allHeld.keys) == [.sample(3)])
    #expect(simulation.state.allHeld[.sample(3)]?.state == .kept)
    try await simulation.order { try await $0.allow(.objects([.sample(3)])) }
    try await simulation.pass(.seconds(60))
    #expect(inactive(simulation).count == 5 && simulation.state.allHeld.isEmpty)
  }

  @Test("Given a kept removal whose user is assigned again, the decision ends; a later loss is judged anew")
  func reasonEnds() async throws {
    let simulation = try await held()
    try await simulation.order { try await $0.keep(.objects([.sample(1)])) }
    simulation.directory.assign(.sample(1))
    try await simulation.pass(.seconds(1300))
    #expect(simulation.state.allHeld.count == 4)
    simulation.directory.unassign(.sample(1))
    try await simulation.pass(.seconds(1300))
    #expect(simulation.state.allHeld.count == 5 && simulation.heldRemovals == 5)
  }

  @Test("Given held removals, the list says who, what, why, since when and what it costs")
  func list() async throws {
    let simulation = try await held()
    let removal = try #require(simulation.state.allHeld[.sample(1)])
    #expect(removal.reason == .unassigned && removal.action == .disable && removal.cost == 1)
    #expect(removal.detail.contains("not assigned to the application") && removal.displayName != nil)
  }

  @Test("Given an orphan that an operator allows, it is disabled and never deleted; the others are left alone")
  func orphan() async throws {
    let simulation = Simulation(seed: 1, options: .init())
    for number in 1...2 {
      _ = simulation.target.put(
        [.targetName: .text("orphan\(number)"), .status: PersonStatus.active],
        externalKey: "entra:\(ObjectID.sample(number))")
    }
    simulation.start()
    try await simulation.pass(.seconds(1300))
    #expect(simulation.state.allOrphans.count == 2 && inactive(simulation).isEmpty)
    try await simulation.order { try await $0.allow(.objects([.sample(1)])) }
    try await simulation.pass(.seconds(7200))
    #expect(inactive(simulation) == ["orphan1"] && simulation.target.people.count >= 2)
  }

  @Test("Given escrows that wait for hours, a retry is tried at once")
  func retry() async throws {
    let simulation = Simulation(seed: 1, options: .init())
    simulation.directory.put(.sample(1))
    simulation.directory.change(.sample(1)) { user in
      user.attributes["givenName"] = nil
      user.attributes["displayName"] = nil
    }
    simulation.directory.assign(.sample(1))
    simulation.start()
    try await simulation.pass(.seconds(3600))
    let before = try #require(simulation.state.allEscrows[.sample(1)]?.attempts)
    try await simulation.order { try await $0.retryEscrows([.sample(1), .sample(2)]) }
    try await simulation.pass(.seconds(5))
    #expect(simulation.state.allEscrows[.sample(1)]?.attempts == before + 1)
    try await simulation.order { try await $0.retryEscrows(nil) }
    try await simulation.pass(.seconds(5))
    #expect(simulation.state.allEscrows[.sample(1)]?.attempts == before + 2)
  }
}
