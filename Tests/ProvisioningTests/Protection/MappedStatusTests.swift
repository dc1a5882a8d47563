import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("A status that a mapping gives: setting a person inactive is a removal like any other")
struct MappedStatusTests {
  private static let policy = MappingPolicy.sample(
    AttributeMapping.defaults(
      replacing: .sample("status", #"Switch([employeeType], "ACTIVE", "Former", "INACTIVE")"#)))

  private func leave(_ numbers: ClosedRange<Int>, _ type: String?, in directory: ModelDirectory) {
    for number in numbers {
      directory.change(.sample(number)) {
        $0.attributes["employeeType"] = type.map { .text($0) }
        $0.attributes["surname"] = .text("Other\(number)")
      }
    }
  }

  @Test("Given no permission, it is planned and nothing is written; given one, it is a disable that counts")
  func oneRun() async throws {
    var world = World(mapping: Self.policy)
    let person = try await world.provisioned(.sample(1))
    leave(1...1, "Former", in: world.directory)
    world.removals = .planOnly
    let planned = try await world.run(1)
    #expect(planned.plannedRemoval?.action == .disable && planned.entry == nil)
    #expect(planned.account.modifiedProperties.contains { $0.name == "status" && $0.newValue == "INACTIVE" })
    #expect(world.target.writes.isEmpty && world.link(1)?.condition == .active)

    world.removals = .granted(isCounted: true)
    let carriedOut = try await world.run(1)
    #expect(carriedOut.entry?.action == .disable && carriedOut.entry?.status == .success)
    #expect(
      world.target.takeWrites() == [
        .init(.modify, person.id, [.status: PersonStatus.inactive, .lastName: .text("Other1")])
      ])
    guard case .count(let counted) = carriedOut.record.removal else {
      Issue.record("\(carriedOut.record.removal)")
      return
    }
    #expect(counted.objectID == .sample(1) && counted.isCarriedOut)
    #expect(try await world.run(1).skip == .redundantExport)
  }

  @Test("Given a new user, or a person inactive already, no person is removed")
  func noRemoval() async throws {
    var world = World(mapping: Self.policy)
    world.removals = .planOnly
    world.hire(.sample(1, changing: ["employeeType": .text("Former")]))
    #expect(try await world.run(1).entry?.action == .create)
    #expect(world.person(of: .sample(1))?.attributes[.status] == PersonStatus.inactive)
    leave(1...1, "Former", in: world.directory)
    #expect(try await world.run(1).entry?.action == .update)
  }

  @Test("Given an account that was made by hand, setting it inactive with its adoption needs permission, too")
  func adoption() async throws {
    var world = World(mapping: Self.policy)
    world.target.put([.targetName: .text("user1@example.org")])
    world.hire(.sample(1, changing: ["employeeType": .text("Former")]))
    world.removals = .planOnly
    #expect(try await world.run(1).plannedRemoval?.action == .disable)
    #expect(world.target.writes.isEmpty && world.link(1) == nil)
  }

  private func rig(_ count: Int) async throws -> JobRig {
    var rig = JobRig()
    rig.policy.mapping = Self.policy
    for number in 1...count { rig.hire(.sample(number)) }
    try await rig.runCycle()
    return rig
  }

  private func inactive(_ rig: JobRig) -> Int {
    rig.target.people.values.count { $0.attributes[.status] == PersonStatus.inactive }
  }

  @Test(
    "Given more of them than the guard allows, all are held, until a person decides or the directory no longer says so")
  func guarded() async throws {
    let rig = try await rig(60)
    leave(1...40, "Former", in: rig.directory)
    leave(41...60, nil, in: rig.directory)
    for full in [false, true] {
      try await rig.runCycle(full: full)
      #expect(inactive(rig) == 0 && rig.state.allHeld.count == 40)
    }
    let renamed = rig.target.people.values.count { $0.attributes[.lastName]?.text?.hasPrefix("Other") == true }
    #expect(renamed == 20, "others go on")
    #expect(rig.state.entries.count { $0.action == .stagedDelete } == 40)

    leave(1...20, nil, in: rig.directory)
    try await rig.runCycle(full: false)
    #expect(inactive(rig) == 0 && rig.state.allHeld.count == 20)
    try await rig.state.set(.released, of: (21...40).map { .sample($0) })
    try await rig.runCycle(full: false)
    #expect(inactive(rig) == 20 && rig.state.allHeld.isEmpty)
    #expect(rig.state.entries.count { $0.action == .disable } == 20)
  }

  @Test("Given few of them, they are set inactive, and a plan says so before")
  func few() async throws {
    let rig = try await rig(60)
    leave(1...5, "Former", in: rig.directory)
    #expect(try await rig.plan().counts == [.disable: 5])
    try await rig.runCycle(full: false)
    #expect(inactive(rig) == 5 && rig.state.allHeld.isEmpty)
    #expect(try await rig.plan().isEmpty)
  }
}
