import ProvisioningModel
import ProvisioningRules
import Reconciler
import Synchronization
import SynchronizationJob
import TestSupport
import Testing

/// Nothing is taken from a person on the strength of a key alone: another tenant, or an earlier one, may have written it.
@Suite("People with our key that this directory has never known")
struct OrphanTests {
  private func key(_ number: Int) -> String { "entra:" + ObjectID.sample(number).rawValue }

  private func person(_ number: Int, _ status: TargetValue = PersonStatus.active) -> [TargetAttribute: TargetValue] {
    [.targetName: .text("foreign\(number)"), .status: status]
  }

  @Test("Given no state and 20 people of another tenant, nothing is done to them; each is an orphan, reported once")
  func foreignPeople() async throws {
    let rig = JobRig()
    for number in 1...20 { rig.target.put(person(number), externalKey: key(number)) }
    rig.hire(.sample(100))
    let before = rig.target.people.values.filter { $0.externalKey != nil }
    let reports = Reports()
    for _ in 1...2 {
      try await rig.runCycle(toldTo: reports)
      rig.wall.advance(by: .seconds(1200))
    }
    for foreign in before { #expect(rig.target.people[foreign.id] == foreign) }
    #expect(rig.state.allHeld.isEmpty && rig.state.allEscrows.isEmpty)
    #expect(rig.state.allOrphans.map(\.objectID) == (1...20).map { .sample($0) })
    #expect(reports.orphans == [OrphanCount(all: 20, new: 20), OrphanCount(all: 20, new: 0)])
  }

  @Test("Given a key of our prefix that names no GUID, it is none of ours: neither touched nor an orphan")
  func noGUID() async throws {
    let rig = JobRig()
    let id = rig.target.put(person(1), externalKey: "entra:E10042")
    try await rig.runCycle()
    #expect(rig.target.people[id]?.attributes[.status] == PersonStatus.active)
    #expect(rig.target.people.count == 1 && rig.state.allLinks.isEmpty && rig.state.allOrphans.isEmpty)
  }

  @Test("Given a person of a key that names no GUID, which a user matches, the person is another system's")
  func matchedWithoutGUID() async throws {
    let world = World()
    world.target.put([.targetName: .text("user1@example.org")], externalKey: "entra:E10042")
    world.hire(.sample(1))
    #expect(try await world.run(1).failure?.code == .conflict)
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given onUnassign none, a user who was unassigned and purged and a lost state: the person is left alone")
  func releasedAndPurged() async throws {
    var rig = JobRig()
    rig.policy.deprovisioning.onUnassign = .none
    rig.hire(.sample(1))
    try await rig.runCycle()
    rig.directory.unassign(.sample(1))
    try await rig.runCycle()
    rig.directory.hardDelete(.sample(1))
    rig.state.lose()
    _ = rig.target.takeWrites()
    for _ in 1...2 { try await rig.runCycle() }
    #expect(rig.target.writes.isEmpty)
    #expect(rig.state.allOrphans.map(\.objectID) == [.sample(1)])
  }

  @Test("Given a notification of an orphan, nothing is done to it either")
  func notified() async throws {
    let world = World()
    let id = world.target.put(person(1), externalKey: key(1))
    world.state.put(Link(objectID: .sample(1), personID: id, proof: .unproven))
    #expect(try await world.runTwice(1).skip == .orphan)
    #expect(world.target.writes.isEmpty)
    #expect(world.link(1)?.orphanSince != nil)
    let since = world.link(1)?.orphanSince
    world.clock.advance(by: .seconds(60))
    try await world.runTwice(1)
    #expect(world.link(1)?.orphanSince == since, "said since when, and not since when it was last seen")
  }

  @Test(
    "Given a link of a lost state, a user in the directory or in the recycle bin proves it", arguments: [true, false])
  func proven(isDeleted: Bool) async throws {
    let world = World()
    let id = world.target.put(person(1), externalKey: key(1))
    world.directory.put(.sample(1))
    if isDeleted { world.directory.softDelete(.sample(1)) }
    world.state.put(Link(objectID: .sample(1), personID: id, proof: .unproven))
    #expect(try await world.run(1).entry?.action == .disable)
    #expect(world.link(1)?.proof == .proven)
    world.directory.hardDelete(.sample(1))
    try await world.runTwice(1)
    #expect(world.state.allOrphans.isEmpty)
  }

  @Test("Given an inactive person of a lost state, whether the directory knows it is found out, and no more")
  func inactive() async throws {
    let rig = JobRig()
    for number in 1...2 { rig.target.put(person(number, PersonStatus.inactive), externalKey: key(number)) }
    rig.directory.put(.sample(1))
    try await rig.runCycle()
    #expect(rig.target.writes.isEmpty)
    #expect(rig.state.allOrphans.map(\.objectID) == [.sample(2)])
    #expect(rig.state.allLinks[.sample(1)]?.proof == .proven)
    #expect(rig.state.allLinks[.sample(1)]?.condition == .released)
  }

  @Test("Given an orphan that is gone from xMatters, it is forgotten")
  func forgotten() async throws {
    let rig = JobRig()
    let id = rig.target.put(person(1), externalKey: key(1))
    try await rig.runCycle()
    #expect(rig.state.allOrphans.count == 1)
    rig.target.remove(id)
    try await rig.runCycle()
    #expect(rig.state.allOrphans.isEmpty && rig.state.allLinks.isEmpty)
  }

  @Test("Given an orphan that only a live run found, the next cycle reports it as new, once")
  func foundLive() async throws {
    let simulation = Simulation(seed: 1)
    simulation.directory.put(.sample(9))
    simulation.directory.assign(.sample(9))
    simulation.start()
    try await simulation.pass(.seconds(60))
    let id = simulation.target.put(person(1), externalKey: key(1))
    simulation.state.put(Link(objectID: .sample(1), personID: id, proof: .unproven))
    simulation.notify([(.user, .sample(1))])
    try await simulation.pass(.seconds(60))
    #expect(simulation.state.allOrphans.map(\.objectID) == [.sample(1)])
    try await simulation.pass(.seconds(3 * 1200))
    #expect(simulation.observer.cycles.map(\.orphans.new).reduce(0, +) == 1)
    #expect(simulation.observer.cycles.last?.orphans == OrphanCount(all: 1, new: 0))
  }

  @Test("Given a user who is gone for good and whose person is to stay, the person is listed; back again, it is not")
  func gone() async throws {
    let world = World(deprovisioning: .init(onHardDelete: .disable))
    _ = try await world.provisioned(.sample(1))
    world.directory.hardDelete(.sample(1))
    try await world.runTwice(1)
    #expect(world.state.allOrphans.map(\.wasKnown) == [true])
    #expect(world.link(1)?.condition == .disabled)
    let since = world.link(1)?.orphanSince
    world.clock.advance(by: .seconds(60))
    try await world.runTwice(1)
    #expect(world.link(1)?.orphanSince == since)
    world.hire(.sample(1))
    try await world.run(1)
    #expect(world.state.allOrphans.isEmpty && world.person(of: .sample(1))?.attributes[.status] == PersonStatus.active)
  }

  @Test("Given a user who is gone for good and is deleted, no orphan is listed")
  func deleted() async throws {
    let world = World()
    _ = try await world.provisioned(.sample(1))
    world.directory.hardDelete(.sample(1))
    try await world.runTwice(1)
    #expect(world.state.allOrphans.isEmpty && world.target.people.isEmpty)
  }

  @Test("Given a group of another tenant, nothing is done to it; one that the directory knows leaves as usual")
  func groups() async throws {
    var rig = JobRig()
    rig.policy.groups = .sample()
    rig.directory.describe(group: .sample(12), ["displayName": .text("ours")])
    for number in 11...12 { _ = rig.target.putGroup("group\(number)", externalKey: key(number)) }
    try await rig.runCycle()
    #expect(rig.target.groups(withKey: key(11)).first?.attributes[.status] != GroupStatus.inactive)
    #expect(rig.state.allOrphans.map(\.objectID) == [.sample(11)])
    #expect(rig.target.groups(withKey: key(12)).first?.attributes[.status] == GroupStatus.inactive)
  }
}

/// What the cycles said of orphans.
private final class Reports: JobObserver {
  private let storage = Mutex<[OrphanCount]>([])

  var orphans: [OrphanCount] { storage.withLock { $0 } }

  func ran(_ report: RunReport, latency: Duration?) {}
  func readFailed(_ key: WorkKey, _ failure: Failure) {}
  func cycleBegan(_ kind: CycleKind, id: String) {}
  func cycleEnded(_ report: CycleReport) { storage.withLock { $0.append(report.orphans) } }
  func peopleUploaded(_ report: BulkReport) {}
  func cycleBrokenOff() {}
  func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration) {}
  func protectionChanged(_ event: ProtectionEvent) {}
}
