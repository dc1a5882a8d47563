@testable import Reconciler
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

@Suite("One run: supervisors, languages and drift")
struct ReferencesAndDriftTests {
  @Test("Given a manager who comes later, the supervisor is pending and then resolved")
  func pendingSupervisor() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1, manager: 2))
    #expect(person.attributes[.supervisors] == .list([]))
    #expect(world.link(1)?.pendingSupervisor == .sample(2))
    #expect(try await world.state.links(awaiting: .sample(2)) == [.sample(1)])

    let manager = try await world.provisioned(.sample(2))
    try await world.run(1)
    #expect(world.target.writes == [.init(.modify, person.id, [.supervisors: .list([manager.id.rawValue])])])
    #expect(world.link(1)?.pendingSupervisor == nil)
    #expect(try await world.state.links(awaiting: .sample(2)).isEmpty)
  }

  @Test("Given another manager before the first one came, it is the other one who is awaited")
  func otherPendingSupervisor() async throws {
    let world = World()
    _ = try await world.provisioned(.sample(1, manager: 2))
    world.directory.change(.sample(1)) { $0.manager = .sample(3) }
    try await world.run(1)
    #expect(world.link(1)?.pendingSupervisor == .sample(3))
    world.directory.change(.sample(1)) { $0.manager = nil }
    try await world.run(1)
    #expect(world.link(1)?.pendingSupervisor == nil)
    #expect(world.target.writes.isEmpty)
  }

  @Test(
    "Given a supervisor that xMatters refuses, the person is provisioned without, with a warning, and it is tried again",
    arguments: [true, false])
  func refusedSupervisor(isNew: Bool) async throws {
    let world = World()
    let manager = try await world.provisioned(.sample(2))
    world.target.refuse(supervisor: manager.id)
    if isNew {
      world.hire(.sample(1, manager: 2))
    } else {
      _ = try await world.provisioned(.sample(1))
      world.directory.change(.sample(1)) { user in
        user.manager = .sample(2)
        user.attributes["surname"] = .text("Renamed")
      }
    }
    let report = try await world.run(1)
    #expect(report.failure == nil && report.entry?.status == .warning)
    let person = try #require(world.person(of: .sample(1)))
    #expect(person.attributes[.supervisors] == .list([]), "not the service account's")
    #expect(isNew || person.attributes[.lastName] == .text("Renamed"))
    #expect(world.link(1)?.digest == nil)
    world.target.acceptSupervisors()
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.attributes[.supervisors] == .list([manager.id.rawValue]))
    #expect(world.link(1)?.digest != nil)
  }

  @Test("Given two users who manage each other, both are provisioned, and supervise each other in the second pass")
  func circle() async throws {
    let world = World()
    world.hire(.sample(1, manager: 2))
    world.hire(.sample(2, manager: 1))
    for _ in 0..<2 {
      for number in 1...2 { #expect(try await world.run(number).failure == nil) }
    }
    let (first, second) = (try #require(world.person(of: .sample(1))), try #require(world.person(of: .sample(2))))
    #expect(first.attributes[.supervisors] == .list([second.id.rawValue]))
    #expect(second.attributes[.supervisors] == .list([first.id.rawValue]))
    _ = world.target.takeWrites()
    for number in 1...2 { #expect(try await world.run(number).skip == .redundantExport) }
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given a manager who is taken away, the supervisor stays, or goes with flowNull", arguments: [false, true])
  func managerRemoved(_ flowsNull: Bool) async throws {
    let world = World(
      mapping: .sample(AttributeMapping.defaults(replacing: .sample("supervisors", "[manager]", flowsNull: flowsNull))))
    let manager = try await world.provisioned(.sample(2))
    let person = try await world.provisioned(.sample(1, manager: 2))
    #expect(person.attributes[.supervisors] == .list([manager.id.rawValue]))
    world.directory.change(.sample(1)) { $0.manager = nil }
    try await world.run(1)
    let left = flowsNull ? [] : [manager.id.rawValue]
    #expect(world.person(of: .sample(1))?.attributes[.supervisors] == .list(left))
    #expect(world.target.writes.count == (flowsNull ? 1 : 0))
  }

  @Test("Given a manager who changes, the new one supervises once provisioned, and the old one until then")
  func managerReplaced() async throws {
    let world = World()
    let old = try await world.provisioned(.sample(2))
    _ = try await world.provisioned(.sample(1, manager: 2))
    world.directory.change(.sample(1)) { $0.manager = .sample(3) }
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.attributes[.supervisors] == .list([old.id.rawValue]))
    let new = try await world.provisioned(.sample(3))
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.attributes[.supervisors] == .list([new.id.rawValue]))
  }

  @Test(
    "Whatever the mapping of supervisors, no person is made with the service account as supervisor",
    arguments: [nil, "[manager]", "[jobTitle]", #"IgnoreFlowIfNullOrEmpty([manager])"#])
  func neverServiceAccount(_ source: String?) async throws {
    let others = AttributeMapping.defaults.filter { $0.target != .supervisors }
    for apply in AttributeMapping.Apply.allCases {
      let world = World(
        mapping: .sample(others + (source.map { [.sample("supervisors", $0, apply: apply)] } ?? [])))
      for user in [DirectoryUser.sample(1), .sample(2, manager: 9)] {
        #expect(try await world.provisioned(user).attributes[.supervisors] == .list([]))
      }
    }
  }

  @Test("Given a language that xMatters does not know, its first part is tried, then none, with a warning")
  func languages() async throws {
    for (code, written) in [("pt-BR", "pt_BR"), ("fr-CA", "fr"), ("tlh", nil), ("tlh-KX", nil)] {
      let world = World()
      world.hire(.sample(1, changing: ["preferredLanguage": .text(code)]))
      let report = try await world.run(1)
      #expect(report.failure == nil)
      #expect(world.person(of: .sample(1))?.attributes[.language] == written.map { .text($0) }, "\(code)")
      #expect((report.entry?.steps.contains { $0.status == .warning } == true) == (code != "pt-BR"), "\(code)")
    }
  }

  @Test("Given a refused language, it is not tried again for the next person")
  func refusedLanguageIsKnown() async throws {
    let world = World()
    _ = try await world.provisioned(.sample(1, changing: ["preferredLanguage": .text("fr-CA")]))
    #expect(world.faults.calls(.create) == 2)
    _ = try await world.provisioned(.sample(2, changing: ["preferredLanguage": .text("fr-CA")]))
    #expect(world.faults.calls(.create) == 3)
  }

  @Test("Given a request that is refused for another reason, the language is not blamed")
  func otherRefusal() async throws {
    let world = World()
    world.hire(.sample(1))
    world.faults.plan(.create, .refused(.badRequest), .refused(.badRequest))
    #expect(try await world.run(1).failure == .badRequest)
    #expect(try await world.run(1).failure == nil)
    #expect(world.person(of: .sample(1))?.attributes[.language] == .text("en"))
  }

  @Test(
    "Given a language that is always written but not known, nothing is written when nothing differs",
    arguments: ["fr-CA", "tlh"])
  func maintainedLanguage(_ code: String) async throws {
    let world = World(
      mapping: .sample(AttributeMapping.defaults(replacing: .sample("language", "[preferredLanguage]"))))
    _ = try await world.provisioned(.sample(1, changing: ["preferredLanguage": .text(code)]))
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    let report = try await world.run(1)
    #expect(world.target.writes.isEmpty)
    #expect(!report.foundDrift)
  }

  @Test("Given a change by other hands, a run against a listing repairs it")
  func driftRepaired() async throws {
    var world = World()
    let person = try await world.provisioned(.sample(1))
    world.removals = .planOnly
    world.target.change(person.id) { $0.attributes[.lastName] = .text("Scribble") }
    #expect(try await world.run(1).skip == .redundantExport, "unseen without a listing")
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    let report = try await world.run(1)
    #expect(report.foundDrift)
    #expect(world.target.writes == [.init(.modify, person.id, [.lastName: .text("Surname1")])])
  }

  @Test("Given a change by other hands and no repair, it is only reported")
  func driftReported() async throws {
    let world = World(repairsDrift: false)
    let person = try await world.provisioned(.sample(1))
    world.target.change(person.id) { $0.attributes[.lastName] = .text("Scribble") }
    _ = try await world.snapshot.fill(from: world.target, policy: .sample())
    let report = try await world.run(1)
    #expect(report.foundDrift)
    #expect(world.target.writes.isEmpty)
    // A change in the directory is written all the same.
    world.directory.change(.sample(1)) { $0.attributes["givenName"] = .text("Ada") }
    #expect(try await !world.run(1).foundDrift)
    #expect(world.person(of: .sample(1))?.attributes[.firstName] == .text("Ada"))
  }

  @Test("Given a listing that breaks half-way, there is no listing: no person counts as gone")
  func brokenListing() async throws {
    let world = World()
    for number in 1...4 { _ = try await world.provisioned(.sample(number)) }
    world.faults.plan(.forEachPerson, .brokenOff(.unavailable))
    await #expect(throws: Failure.unavailable) {
      try await world.snapshot.fill(from: world.target, policy: .sample())
    }
    #expect(await world.snapshot.isEmpty)
    for number in 1...4 { #expect(try await world.run(number).skip == .redundantExport) }
    #expect(world.target.writes.isEmpty)
  }

  @Test("Given a listing, matching and comparing cost no request, and each person is handed out once")
  func listing() async throws {
    let world = World()
    let person = try await world.provisioned(.sample(1))
    let id = world.target.put([.targetName: .text("User2@example.org")])
    let links = try await world.snapshot.fill(from: world.target, policy: .sample())
    #expect(links.map(\.objectID) == [.sample(1)] && links.map(\.personID) == [person.id])
    let reads = world.faults.calls(.person) + world.faults.calls(.people)
    try await world.run(1)
    world.hire(.sample(2))
    try await world.run(2)
    #expect(world.link(2)?.personID == id)
    #expect(world.faults.calls(.person) + world.faults.calls(.people) == reads)
  }

  @Test("Given a disabled person who was set active by hand, a full cycle disables it again and calls it drift")
  func activeAgain() async throws {
    for repairs in [true, false] {
      var world = World(repairsDrift: repairs)
      let person = try await world.provisioned(.sample(1))
      world.directory.change(.sample(1)) { $0.accountEnabled = false }
      try await world.run(1)
      #expect(world.link(1)?.condition == .disabled)
      world.target.change(person.id) { $0.attributes[.status] = PersonStatus.active }
      _ = world.target.takeWrites()
      _ = try await world.snapshot.fill(from: world.target, policy: .sample())
      world.removals = .planOnly
      let planned = try await world.run(1)
      #expect(planned.foundDrift && (planned.plannedRemoval?.action == .disable) == repairs)
      guard repairs else { continue }
      world.removals = .granted(isCounted: true)
      #expect(try await world.run(1).entry?.action == .disable)
      #expect(world.target.writes == [.init(.modify, person.id, [.status: PersonStatus.inactive])])
    }
  }
}
