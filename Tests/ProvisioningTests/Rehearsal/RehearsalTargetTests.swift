import ProvisioningModel
import Reconciler
import TestSupport
import Testing

@Suite("A target that sends nothing")
struct RehearsalTargetTests {
  private let real = ModelTarget()
  private var target: RehearsalTarget { RehearsalTarget(real) }

  private func listed(_ target: RehearsalTarget) async throws -> [Person] {
    var people: [Person] = []
    try await target.forEachPerson { people.append($0) }
    return people.sorted { $0.id.rawValue < $1.id.rawValue }
  }

  @Test("Given a creation, the person is found by id, by name and in the listing, and xMatters knows nothing of it")
  func create() async throws {
    let target = target
    let person = try await target.create([.targetName: .text("ada"), .language: .null], externalKey: "entra:1")
    #expect(person.attributes == [.targetName: .text("ada"), .webLogin: .text("ada"), .status: PersonStatus.active])
    #expect(try await target.person(person.id) == person)
    #expect(try await target.people(where: .webLogin, equals: "ADA") == [person])
    #expect(try await listed(target) == [person])
    #expect(real.people.isEmpty)
  }

  @Test("Given a change, later reads see it, whether the person was read before or not", arguments: [false, true])
  func modify(listedBefore: Bool) async throws {
    let id = real.put([.targetName: .text("ada"), .firstName: .text("Ada")])
    let target = target
    if listedBefore { _ = try await listed(target) }
    try await target.modify(id, [.firstName: .null, .targetName: .text("ida")], externalKey: "entra:1")
    let person = try #require(try await target.person(id))
    #expect(person.attributes[.firstName] == nil && person.externalKey == "entra:1")
    #expect(try await target.people(where: .targetName, equals: "ada").isEmpty)
    #expect(try await target.people(where: .targetName, equals: "ida") == [person])
    #expect(try await listed(target) == [person])
    #expect(real.writes.isEmpty)
  }

  @Test("Given a name that another person has, it is refused as xMatters refuses it", arguments: [false, true])
  func conflict(listedBefore: Bool) async throws {
    real.put([.targetName: .text("ada")])
    let other = real.put([.targetName: .text("ida")])
    let target = target
    if listedBefore { _ = try await listed(target) }
    await #expect { try await target.create([.targetName: .text("ADA")], externalKey: "k") } throws: {
      ($0 as? Failure)?.code == .conflict
    }
    await #expect { try await target.modify(other, [.targetName: .text("ada")], externalKey: "k") } throws: {
      ($0 as? Failure)?.code == .conflict
    }
    try await target.modify(other, [.targetName: .text("IDA")], externalKey: "k")
  }

  @Test("Given a deletion, the person is gone and its name free")
  func delete() async throws {
    let id = real.put([.targetName: .text("ada")])
    let target = target
    #expect(try await target.delete(id))
    #expect(try await target.delete(id) == false)
    #expect(try await target.person(id) == nil)
    _ = try await target.create([.targetName: .text("ada")], externalKey: "k")
    #expect(real.people.count == 1 && real.writes.isEmpty)
  }

  @Test("Given devices that come, change and go, later reads see them")
  func devices() async throws {
    let id = real.put(
      [.targetName: .text("ada")], devices: [Device(id: "d1", name: "Work Email", kind: .email, address: "a@x")])
    let target = target
    let device = try #require(try await target.person(id)?.devices.first)
    try await target.modifyDevice(device, DeviceValues(address: "b@x"))
    try await target.createDevice(named: "Mobile Phone", kind: .voice, DeviceValues(address: "+15550100"), owner: id)
    #expect(try await target.people(where: .device("Work Email"), equals: "B@x").map(\.id) == [id])
    #expect(try await target.person(id)?.address(of: "Mobile Phone") == "+15550100")
    try await target.deleteDevice(device)
    #expect(try await target.person(id)?.devices.map(\.name) == ["Mobile Phone"])
    #expect(real.person(known: id)?.address(of: "Work Email") == "a@x")
  }

  @Test("Given a person who is not there, a change fails as it would")
  func gone() async throws {
    let target = target
    await #expect { try await target.modify(PersonID("nobody"), [:], externalKey: "k") } throws: {
      ($0 as? Failure)?.remedy == .reread
    }
  }

  @Test("Given a read that fails, the failure is passed on and nothing is concluded")
  func failingReads() async throws {
    let faults = Faults()
    let real = ModelTarget(faults: faults)
    let id = real.put([.targetName: .text("ada")])
    let target = RehearsalTarget(real)
    faults.plan(.forEachPerson, .brokenOff(.unavailable))
    await #expect(throws: Failure.unavailable) { try await listed(target) }
    faults.plan(.person, .throttled)
    await #expect(throws: Failure.throttled) { try await target.person(id) }
    #expect(try await target.person(id) != nil)
  }
}
