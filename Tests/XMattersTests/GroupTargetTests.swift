import JSON
import ProvisioningModel
import Simulators
import Testing
import XMatters

/// Groups and members through the adapter against the simulator, over real sockets.
@Suite struct GroupTargetTests {
  private static let key = "entra:22222222-2222-2222-2222-222222222222"

  /// So many people, made behind the adapter's back.
  private func people(_ count: Int, _ simulator: XMattersSimulator) throws -> [PersonID] {
    try simulator.change { instance in
      try (0..<count).map { number in
        let body = #"{"targetName":"p\#(number)","firstName":"A","lastName":"B","roles":["Standard User"]}"#
        _ = try instance.write(JSON(parsing: Array(body.utf8)))
        return PersonID(instance.person("p\(number)")?.id ?? "")
      }
    }
  }

  private func attributes(_ name: String) -> [GroupAttribute: String] {
    [.targetName: name, .status: GroupStatus.active, .description: "From Entra"]
  }

  @Test(
    "a group is created without members and supervisors, read, found whatever its letter case, modified and deleted")
  func life() async throws {
    try await withTarget { target, simulator in
      let name = #"On call | Berlin/a+b%c "Ä" 🚒"#
      let created = try await target.createGroup(.broadcast, attributes(name), externalKey: Self.key)
      #expect(created.kind == .broadcast && created.externalKey == Self.key && created.attributes == attributes(name))
      #expect(simulator.instance.group(name)?.supervisors == [], "not the service account")
      #expect(try await target.group(created.id) == created)
      for other in [name, name.uppercased(), name.lowercased()] {
        #expect(try await target.group(named: other)?.id == created.id, "\(other)")
      }
      #expect(try await target.members(of: created.id) == [])
      try await target.modifyGroup(created.id, [.status: GroupStatus.inactive], externalKey: Self.key)
      #expect(try await target.group(created.id)?.attributes[.status] == "INACTIVE")
      #expect(try await target.group(created.id)?.attributes[.description] == "From Entra")
      let wasThere = [try await target.deleteGroup(created.id), try await target.deleteGroup(created.id)]
      #expect(wasThere == [true, false])
      #expect(try await target.group(created.id) == nil)
      #expect(try await target.group(named: name) == nil)
      #expect(try await target.members(of: created.id) == nil)
    }
  }

  @Test("an on-call group gets its shift from xMatters")
  func onCall() async throws {
    try await withTarget { target, simulator in
      let created = try await target.createGroup(.onCall, attributes("On call"), externalKey: Self.key)
      #expect(created.kind == .onCall)
      #expect(simulator.instance.group("On call")?.shifts.map(\.name) == ["Default Shift"])
    }
  }

  @Test("a part of a name is not the name")
  func partOfName() async throws {
    try await withTarget { target, _ in
      _ = try await target.createGroup(.broadcast, attributes("On call Berlin"), externalKey: Self.key)
      #expect(try await target.group(named: "on call") == nil)
      #expect(try await target.group(named: "O") == nil)
    }
  }

  @Test(
    "members come and go; one that is there already, or gone already, is no failure",
    arguments: [(200, false), (201, false), (200, true)])
  func members(status: Int, refusesRepeated: Bool) async throws {
    var options = XMattersOptions()
    options.memberStatus = status
    options.refusesRepeatedMembers = refusesRepeated
    try await withTarget(options: options) { target, simulator in
      let people = try people(3, simulator)
      let group = try await target.createGroup(.broadcast, attributes("Ops"), externalKey: Self.key).id
      for person in people + people { try await target.addMember(person, to: group) }
      #expect(try await target.members(of: group) == Set(people.map { MemberID($0) }))
      for _ in 0..<2 { try await target.removeMember(MemberID(people[0]), from: group) }
      #expect(try await target.members(of: group) == Set(people[1...].map { MemberID($0) }))
      simulator.change { _ = $0.deletePerson(people[1].rawValue) }
      #expect(try await target.members(of: group) == [MemberID(people[2])])
    }
  }

  @Test("devices and groups among the members are seen as what was added by hand")
  func otherMembers() async throws {
    try await withTarget { target, simulator in
      let person = try people(1, simulator)[0]
      try await target.createDevice(
        named: "Work Email", kind: .email, DeviceValues(address: "a@example.org"), owner: person)
      let inner = try await target.createGroup(.broadcast, attributes("Inner"), externalKey: Self.key).id
      let outer = try await target.createGroup(.broadcast, attributes("Outer"), externalKey: Self.key + "2").id
      let device = try #require(simulator.instance.devices.keys.first)
      try simulator.change { instance in
        for id in [device, inner.rawValue] {
          _ = try instance.addMember(JSON(parsing: Array(#"{"id":"\#(id)"}"#.utf8)), to: outer.rawValue)
        }
      }
      #expect(try await target.members(of: outer) == [MemberID(device), MemberID(inner.rawValue)])
      try await target.removeMember(MemberID(device), from: outer)
      #expect(try await target.members(of: outer) == [MemberID(inner.rawValue)])
    }
  }

  @Test("2,500 members and 1,200 groups are read over all their pages")
  func pages() async throws {
    try await withTarget { target, simulator in
      let people = try people(2500, simulator)
      let group = try await target.createGroup(.broadcast, attributes("Everybody"), externalKey: Self.key).id
      try simulator.change { instance in
        for person in people {
          _ = try instance.addMember(JSON(parsing: Array(#"{"id":"\#(person)"}"#.utf8)), to: group.rawValue)
        }
        for number in 0..<1200 {
          _ = try instance.writeGroup(JSON(parsing: Array(#"{"targetName":"g\#(number)"}"#.utf8)))
        }
      }
      #expect(try await target.members(of: group)?.count == 2500)
      #expect(simulator.faults.requests["GET /groups/{id}/members"] == 3)
      var names: Set<String> = []
      try await target.forEachGroup { group throws(Failure) in names.insert(group.name ?? "") }
      #expect(names.count == 1201)
    }
  }

  @Test(
    "a list that breaks on any page is a failure, never a short list",
    arguments: [Fault.Kind.status(500, retryAfter: nil), .lostAnswer, .garbage, .status(403, retryAfter: nil)])
  func brokenList(kind: Fault.Kind) async throws {
    try await withTarget { target, simulator in
      let people = try people(2500, simulator)
      let group = try await target.createGroup(.broadcast, attributes("Everybody"), externalKey: Self.key).id
      try simulator.change { instance in
        for person in people {
          _ = try instance.addMember(JSON(parsing: Array(#"{"id":"\#(person)"}"#.utf8)), to: group.rawValue)
        }
      }
      simulator.faults.add(Fault(method: "GET", path: "/members", kind: kind, skip: 2, count: nil))
      let failed = await failure { () throws(Failure) in _ = try await target.members(of: group) }
      #expect(failed != nil)
    }
  }

  @Test("a name that a person or a group has is refused, and says so by its code")
  func conflicts() async throws {
    try await withTarget { target, simulator in
      _ = try people(1, simulator)
      for name in ["P0", "rollcall"] {
        let failed = await failure { () throws(Failure) in
          _ = try await target.createGroup(.broadcast, attributes(name), externalKey: Self.key)
        }
        #expect(failed?.remedy == .escrow && failed?.code == .conflict && failed?.outcomeIsUnknown == false)
      }
      _ = try await target.createGroup(.broadcast, attributes("Ops"), externalKey: Self.key)
      let person = await failure { () throws(Failure) in
        _ = try await target.create(
          [
            .targetName: .text("ops"), .firstName: .text("A"), .lastName: .text("B"),
            .roles: .list(["Standard User"]),
          ], externalKey: "entra:x")
      }
      #expect(person?.code == .conflict)
    }
  }

  @Test("a member who is not there is looked for anew; a create whose answer is lost is sent once")
  func failures() async throws {
    try await withTarget { target, simulator in
      let group = try await target.createGroup(.broadcast, attributes("Ops"), externalKey: Self.key).id
      let nobody = await failure { () throws(Failure) in try await target.addMember(PersonID("nobody"), to: group) }
      #expect(nobody?.remedy == .reread && nobody?.code == .invalidAnchor)
      simulator.faults.resetRequests()
      simulator.faults.add(Fault(method: "POST", path: "/groups", kind: .lostAnswer, count: nil))
      let lost = await failure { () throws(Failure) in
        _ = try await target.createGroup(.broadcast, attributes("Lost"), externalKey: Self.key + "3")
      }
      #expect(lost?.outcomeIsUnknown == true && simulator.faults.requests["POST /groups"] == 1)
      #expect(simulator.instance.group("Lost") != nil)
    }
  }
}
