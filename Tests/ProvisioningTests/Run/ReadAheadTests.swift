@testable import ProvisioningRules
import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("Users that a cycle has read ahead")
struct ReadAheadTests {
  private let world = World()

  @Test("A run of the cycle takes what was read and asks for none; the next run reads anew")
  func taken() async throws {
    world.hire(.sample(1))
    _ = try await world.scope.refresh()
    await world.provisioner.readAhead.fill([.sample(1)], from: world.directory, at: world.clock.now)
    let reads = world.faults.calls(.user)
    #expect(try await world.provisioner.run(.sample(1), cycleID: "c", removals: .planOnly).failure == nil)
    #expect(world.faults.calls(.user) == reads)
    world.directory.change(.sample(1)) { $0.attributes["givenName"] = .text("Changed") }
    #expect(try await world.provisioner.run(.sample(1), cycleID: "c", removals: .planOnly).failure == nil)
    #expect(world.person(of: .sample(1))?.attributes[.firstName] == .text("Changed"))
  }

  @Test("A run that a live signal caused takes nothing of it: the signal may be newer")
  func live() async throws {
    world.hire(.sample(1))
    _ = try await world.scope.refresh()
    await world.provisioner.readAhead.fill([.sample(1)], from: world.directory, at: world.clock.now)
    world.directory.change(.sample(1)) { $0.attributes["givenName"] = .text("Changed") }
    try await Urgency.$isLive.withValue(true) {
      _ = try await world.provisioner.run(.sample(1), cycleID: nil, removals: .planOnly)
    }
    #expect(world.person(of: .sample(1))?.attributes[.firstName] == .text("Changed"))
  }

  @Test("What was read long ago is not used")
  func old() async throws {
    let readAhead = ReadAhead()
    world.directory.put(.sample(1))
    world.directory.put(.sample(2))
    await readAhead.fill([.sample(1), .sample(2)], from: world.directory, at: world.clock.now)
    #expect(await readAhead.take(.sample(1), at: world.clock.now + .seconds(29)) == .sample(1))
    #expect(await readAhead.take(.sample(2), at: world.clock.now + .seconds(30)) == nil)
  }

  @Test("A bulk read that fails, or does not give everybody, leaves the user to its run; no user is taken for gone")
  func failure() async throws {
    let person = try await world.provisioned(.sample(1))
    world.faults.plan(.user, .unavailable)
    await world.provisioner.readAhead.fill([.sample(1), .sample(2)], from: world.directory, at: world.clock.now)
    #expect(try await world.provisioner.run(.sample(1), cycleID: "c", removals: .planOnly).failure == nil)
    #expect(world.person(of: .sample(1)) == person && world.target.takeWrites().isEmpty)
  }
}
