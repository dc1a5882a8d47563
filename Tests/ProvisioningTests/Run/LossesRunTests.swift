import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing

/// Roles and devices that a change of the directory or of the configuration takes away cost the person, as a disable does.
@Suite("Roles and devices that people lose, and the removal guard")
struct LossesRunTests {
  private func provisioned(_ mapping: MappingPolicy? = nil) async throws -> World {
    let world = World(
      mapping: mapping ?? .sample(roleMap: [("admin", ["Company Admin"]), ("Operators", ["Group Supervisor"])]))
    _ = try await world.provisioned(.sample(1))
    return world
  }

  private func changeRole(_ world: World) {
    world.directory.unassign(.sample(1))
    world.directory.assign(.sample(1), role: .sample(902))
  }

  @Test("Given another role in place of one, it is planned first, and written once it is let through")
  func role() async throws {
    var world = try await provisioned()
    changeRole(world)
    world.removals = .planOnly
    let planned = try await world.run(1)
    #expect(planned.plannedRemoval?.isOfValues == true && planned.plannedRemoval?.people == [.sample(1)])
    #expect(world.target.writes.isEmpty && planned.entry == nil)
    world.removals = .granted(isCounted: true)
    let done = try await world.run(1)
    #expect(world.person(of: .sample(1))?.attributes[.roles] == .list(["Group Supervisor"]))
    guard case .count(let counted) = done.record.removal else {
      Issue.record("\(done.record.removal)")
      return
    }
    #expect(counted.kind == .user && counted.isCarriedOut)
  }

  @Test("Given it is held, the role stays, whatever else differs is written, and it stays held")
  func held() async throws {
    var world = try await provisioned()
    changeRole(world)
    world.directory.change(.sample(1)) { $0.attributes["surname"] = .text("Other") }
    world.removals = .held
    for _ in 1...2 {
      let report = try await world.run(1)
      #expect(report.plannedRemoval != nil && report.record.removal == .unchanged)
    }
    let person = try #require(world.person(of: .sample(1)))
    #expect(person.attributes[.lastName] == .text("Other"))
    #expect(Set(person.attributes[.roles]?.list ?? []) == ["Company Admin", "Group Supervisor"])
    #expect(world.target.takeWrites().count == 1)
    // The mistake is mended.
    world.directory.unassign(.sample(1))
    world.directory.assign(.sample(1), role: .sample(901))
    #expect(try await world.run(1).plannedRemoval?.isOfValues == true, "the role that came meanwhile would go")
  }

  @Test("Given a device whose source is empty and flows, it is planned first")
  func device() async throws {
    var mapping = MappingPolicy.sample()
    for index in mapping.mappings.indices where mapping.mappings[index].target == .device("Mobile Phone") {
      mapping.mappings[index].flowsNull = true
    }
    var world = try await provisioned(mapping)
    world.directory.put(.sample(1, changing: ["mobilePhone": nil as AttributeValue?]))
    world.removals = .planOnly
    #expect(try await world.run(1).plannedRemoval?.isOfValues == true && world.target.writes.isEmpty)
    world.removals = .granted(isCounted: true)
    try await world.run(1)
    #expect(world.person(of: .sample(1))?.devices.contains { $0.name == "Mobile Phone" } == false)
  }

  @Test("Given a further role, or a person who is adopted with other roles, nothing has to be let through")
  func notLost() async throws {
    var world = try await provisioned()
    world.removals = .planOnly
    world.directory.assign(.sample(1), role: .sample(902))
    #expect(try await world.run(1).entry?.action == .update)
    world.target.put([.targetName: .text("user2@example.org"), .roles: .list(["Standard User"])])
    world.hire(.sample(2))
    #expect(try await world.run(2).entry?.action == .update)
    #expect(world.person(of: .sample(2))?.attributes[.roles] == .list(["Company Admin"]))
  }

  @Test("Given a role map that takes a role from everybody, no person loses it before a person decides")
  func everybody() async throws {
    var rig = JobRig()
    rig.policy.mapping = .sample(roleMap: [("admin", ["Company Admin"])])
    for number in 1...6 { rig.hire(.sample(number)) }
    try await rig.runCycle()
    rig.policy.mapping = .sample(roleMap: [])
    try await rig.runCycle()
    #expect(rig.state.allHeld.count == 6)
    #expect(rig.target.people.values.allSatisfy { $0.attributes[.roles] == .list(["Company Admin"]) })
  }
}
