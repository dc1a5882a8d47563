import ProvisioningModel
import SynchronizationJob
import TestSupport
import Testing

/// What a start makes of a state that is, or is not, one of what is configured.
@Suite("The state of a former configuration")
struct IdentityJobTests {
  private static let configured = ConfiguredIdentity(
    tenant: ObjectID.sample(71).rawValue, cloud: "public", host: "acme.xmatters.com", prefix: "entra:")

  private func simulation(users: Int) -> Simulation {
    var options = Simulation.Options()
    options.identity = Self.configured
    let simulation = Simulation(seed: 1, options: options)
    for number in 1...users {
      simulation.directory.put(.sample(number))
      simulation.directory.assign(.sample(number))
    }
    return simulation
  }

  @Test("Given a state without an identity, it takes the present one and holds nothing up")
  func former() async throws {
    let simulation = simulation(users: 3)
    let person = simulation.target.put(
      [.targetName: .text("gone")], externalKey: "entra:" + ObjectID.sample(50).rawValue)
    simulation.state.put(Link(objectID: .sample(50), personID: person))
    simulation.start()
    try await simulation.pass(.seconds(2000))
    #expect(simulation.state.storedIdentity == StateIdentity(Self.configured, application: .sample(900)))
    #expect(simulation.job?.quarantine == nil)
    // Its links count as proven.
    #expect(simulation.target.person(known: person)?.attributes[.status] != PersonStatus.active)
  }

  @Test("Given a state of another schema, links stay, and each person is compared once more; nothing is written")
  func otherSchema() async throws {
    let simulation = simulation(users: 3)
    simulation.start()
    try await simulation.pass(.seconds(60))
    var former = try #require(simulation.state.storedIdentity)
    former.schema = 0
    simulation.state.put(former)
    _ = simulation.target.takeWrites()
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.storedIdentity?.schema == StateIdentity.presentSchema)
    #expect(simulation.state.allLinks.count == 3 && simulation.target.takeWrites().isEmpty)
    #expect(simulation.job?.quarantine == nil)
  }

  @Test("Given another xMatters, the links of the former one go, and an initial cycle provisions everybody at once")
  func otherTarget() async throws {
    let simulation = simulation(users: 3)
    var former = Self.configured
    former.host = "former.xmatters.com"
    simulation.state.put(StateIdentity(former, application: .sample(900)))
    for number in 1...3 {
      simulation.state.put(Link(objectID: .sample(number), personID: PersonID("former-\(number)"), digest: 1))
    }
    let watermark = Watermark(
      users: "0", groups: "0", fingerprint: 1, storedAt: simulation.wall.now, fullCycleAt: simulation.wall.now)
    simulation.state.put(watermark)
    simulation.start()
    try await simulation.pass(.seconds(60))
    #expect(simulation.observer.cycles.map(\.kind) == [.initial])
    #expect(simulation.target.people.count == 3)
    #expect(simulation.state.storedIdentity?.configured == Self.configured)
  }

  @Test("Given another application, the job waits, says so once, and no person is touched until a restart with Full")
  func otherSource() async throws {
    let simulation = simulation(users: 5)
    simulation.state.put(StateIdentity(Self.configured, application: .sample(899)))
    let former = (51...60).map { number in
      let id = simulation.target.put(
        [.targetName: .text("user\(number - 50)@example.org")], externalKey: "entra:" + ObjectID.sample(number).rawValue
      )
      simulation.state.put(Link(objectID: .sample(number), personID: id))
      return id
    }
    simulation.start()
    simulation.notify([(.user, .sample(51))])
    try await simulation.pass(.seconds(86_400))
    #expect(simulation.target.writes.isEmpty && simulation.state.allLinks.count == 10)
    #expect(simulation.job?.quarantine?.reason == .configurationChanged)
    #expect(simulation.observer.events.count == 1)
    for scope in [ResetScope.standard, .full] {
      try await simulation.order { try await $0.restart(scope) }
      try await simulation.pass(.seconds(600))
      #expect((simulation.job?.quarantine == nil) == (scope == .full))
    }
    // The ten of the former directory are orphans; a user with the name of one waits for it.
    #expect(simulation.target.writes.isEmpty && Set(simulation.target.people.keys) == Set(former))
    #expect(simulation.state.allOrphans.count == 10)
    #expect(simulation.state.allEscrows.values.map(\.failure.code) == Array(repeating: .nameInUse, count: 5))
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(simulation.job?.quarantine == nil)
  }

  @Test("Given a change that is taken back, the job goes on as if nothing had been")
  func takenBack() async throws {
    let simulation = simulation(users: 3)
    simulation.start()
    try await simulation.pass(.seconds(60))
    let identity = try #require(simulation.state.storedIdentity)
    simulation.state.put(StateIdentity(Self.configured, application: .sample(899)))
    simulation.crash()
    try await simulation.pass(.seconds(60))
    #expect(simulation.job?.quarantine?.reason == .configurationChanged)
    simulation.state.put(identity)
    simulation.crash()
    _ = simulation.target.takeWrites()
    simulation.directory.unassign(.sample(1))
    try await simulation.pass(.seconds(2000))
    #expect(simulation.job?.quarantine == nil)
    #expect(simulation.target.writes.count == 1)
    #expect(simulation.state.allLinks.values.allSatisfy { $0.proof == .proven })
  }
}
