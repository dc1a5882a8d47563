import Reconciler
import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

/// What may happen to a user who is provisioned, and to its person.
enum LeavingEvent: String, Sendable {
  case unassign, assign, disable, enable, softDelete, restore, hardDelete, leaveFilter, enterFilter
  /// Instead of being assigned itself, the user was a member of an assigned group.
  case leaveGroup, unassignGroup
  /// By other hands, in xMatters.
  case deletePerson

  func happen(in world: World) {
    switch self {
    case .unassign: world.directory.unassign(.sample(1))
    case .assign: world.directory.assign(.sample(1))
    case .disable: world.directory.change(.sample(1)) { $0.accountEnabled = false }
    case .enable: world.directory.change(.sample(1)) { $0.accountEnabled = true }
    case .softDelete: world.directory.softDelete(.sample(1))
    case .restore: world.directory.restore(.sample(1))
    case .hardDelete: world.directory.hardDelete(.sample(1))
    case .leaveFilter: world.directory.change(.sample(1)) { $0.attributes["department"] = .text("Sales") }
    case .enterFilter: world.directory.change(.sample(1)) { $0.attributes["department"] = .text("Operations") }
    case .leaveGroup: world.directory.setMembers(of: .sample(500), [])
    case .unassignGroup: world.directory.unassign(.sample(500))
    case .deletePerson: for id in world.target.people.keys { world.target.remove(id) }
    }
  }
}

/// What the person sees of an event.
enum Effect: Sendable {
  case nothing, inactive, active, deleted, created
}

extension World {
  /// User 1 is in scope and provisioned, and there is another person in xMatters.
  /// - Parameter first: What will happen first: a member of a group is assigned through the group.
  static func beforeLeaving(
    _ deprovisioning: Deprovisioning = .init(), mapping: MappingPolicy = .sample(), first: LeavingEvent? = nil
  ) async throws -> World {
    let world = World(mapping: mapping, filters: try .operations(), deprovisioning: deprovisioning)
    world.target.put([.targetName: .text("stranger")])
    _ = try await world.provisioned(.sample(1, changing: ["department": .text("Operations")]))
    if first == .leaveGroup || first == .unassignGroup {
      world.directory.setMembers(of: .sample(500), [.sample(1)])
      world.directory.assign(.sample(500), .group)
      world.directory.unassign(.sample(1))
      try await world.run(1)
      _ = world.target.takeWrites()
    }
    return world
  }
}

/// What of these writes people would call events.
func effects(of writes: [ModelTarget.Write]) -> [Effect] {
  writes.compactMap { write in
    switch (write.operation, write.attributes[.status]) {
    case (.create, _): .created
    case (.delete, _): .deleted
    case (.modify, PersonStatus.inactive): .inactive
    case (.modify, PersonStatus.active): .active
    default: nil
    }
  }
}

struct OrderCase: Sendable, CustomTestStringConvertible {
  var events: [(LeavingEvent, Effect)]

  init(_ events: (LeavingEvent, Effect)...) { self.events = events }

  var testDescription: String { events.map(\.0.rawValue).joined(separator: ", then ") }
}

@Suite("Leaving: one event after the other, in every order")
struct LeavingOrderTests {
  private static let orders: [OrderCase] = [
    // And back again.
    .init((.unassign, .inactive), (.assign, .active)), .init((.disable, .inactive), (.enable, .active)),
    .init((.leaveFilter, .inactive), (.enterFilter, .active)),
    .init((.softDelete, .inactive), (.restore, .active), (.unassign, .inactive), (.assign, .active)),
    .init((.softDelete, .inactive), (.restore, .active), (.softDelete, .inactive), (.hardDelete, .deleted)),
    // Several at once, in either order.
    .init((.disable, .inactive), (.softDelete, .nothing), (.hardDelete, .deleted)),
    .init((.disable, .inactive), (.unassign, .nothing), (.softDelete, .nothing), (.hardDelete, .nothing)),
    .init((.unassign, .inactive), (.disable, .nothing), (.enable, .nothing), (.assign, .active)),
    .init((.unassign, .inactive), (.disable, .nothing), (.assign, .nothing), (.enable, .active)),
    .init((.disable, .inactive), (.unassign, .nothing), (.enable, .nothing), (.assign, .active)),
    .init((.disable, .inactive), (.unassign, .nothing), (.assign, .nothing), (.enable, .active)),
    .init((.leaveFilter, .inactive), (.softDelete, .nothing), (.hardDelete, .nothing)),
    .init((.leaveFilter, .inactive), (.unassign, .nothing), (.enterFilter, .nothing), (.assign, .active)),
    .init((.leaveFilter, .inactive), (.unassign, .nothing), (.assign, .nothing), (.enterFilter, .active)),
    .init((.disable, .inactive), (.leaveFilter, .nothing), (.enable, .nothing), (.enterFilter, .active)),
    .init((.softDelete, .inactive), (.unassign, .nothing), (.hardDelete, .deleted)),
    .init((.unassign, .inactive), (.softDelete, .nothing), (.restore, .nothing), (.assign, .active)),
    .init((.unassign, .inactive), (.softDelete, .nothing), (.assign, .nothing), (.restore, .active)),
    // Deleted in xMatters by hand.
    .init((.deletePerson, .nothing), (.disable, .nothing), (.enable, .created)),
    .init((.unassign, .inactive), (.deletePerson, .nothing), (.assign, .created)),
    .init((.deletePerson, .nothing), (.unassign, .nothing), (.assign, .created)),
    .init((.deletePerson, .nothing), (.hardDelete, .nothing)),
  ]

  @Test("Each event of an order has its effect, and seen once more it has none", arguments: orders)
  private func order(_ order: OrderCase) async throws {
    let world = try await World.beforeLeaving()
    for (event, expected) in order.events {
      event.happen(in: world)
      // Links to people who were deleted by hand are noticed when there is something to do.
      if event == .deletePerson { continue }
      #expect(try await world.runTwice(1).failure == nil, "\(event)")
      #expect(effects(of: world.target.takeWrites()) == (expected == .nothing ? [] : [expected]), "\(event)")
      try await world.runTwice(1)
      #expect(world.target.takeWrites().isEmpty, "\(event), seen again")
    }
    let strangers = world.target.people.values.filter { $0.targetName == "stranger" }
    #expect(strangers.count == (order.events.contains { $0.0 == .deletePerson } ? 0 : 1))
  }

  @Test("Each setting decides for its own event, and for no other", arguments: LeaveAction.allCases)
  func settings(_ action: LeaveAction) async throws {
    let ways: [(LeavingEvent, WritableKeyPath<Deprovisioning, LeaveAction>)] = [
      (.unassign, \.onUnassign), (.leaveFilter, \.onUnassign), (.disable, \.onDisable), (.softDelete, \.onSoftDelete),
      (.hardDelete, \.onHardDelete),
    ]
    for (event, way) in ways {
      for other in LeaveAction.allCases {
        var policy = Deprovisioning(onUnassign: other, onDisable: other, onSoftDelete: other, onHardDelete: other)
        policy[keyPath: way] = action
        let world = try await World.beforeLeaving(policy)
        event.happen(in: world)
        #expect(try await world.runTwice(1).failure == nil)
        let expected: [Effect] =
          switch action {
          case .disable: [.inactive]
          case .delete: [.deleted]
          case .none: []
          }
        #expect(effects(of: world.target.takeWrites()) == expected, "\(event), others \(other)")
        try await world.runTwice(1)
        #expect(world.target.takeWrites().isEmpty, "\(event), seen again")
      }
    }
  }

  @Test(
    "A user who comes back after any setting is active, as the same person or as a new one",
    arguments: LeaveAction.allCases)
  func comesBack(_ action: LeaveAction) async throws {
    let ways: [(LeavingEvent, LeavingEvent)] = [
      (.unassign, .assign), (.leaveFilter, .enterFilter), (.disable, .enable), (.softDelete, .restore),
    ]
    for (leaves, returns) in ways {
      let world = try await World.beforeLeaving(
        .init(onUnassign: action, onDisable: action, onSoftDelete: action, onHardDelete: action))
      let before = try #require(world.person(of: .sample(1)))
      leaves.happen(in: world)
      try await world.runTwice(1)
      returns.happen(in: world)
      #expect(try await world.runTwice(1).failure == nil)
      let after = try #require(world.person(of: .sample(1)), "\(returns)")
      #expect(after.attributes[.status] == PersonStatus.active)
      #expect((after.id == before.id) == (action != .delete))
      #expect(world.link(1)?.condition == .active)
    }
  }

  @Test(
    "No person that Rollcall does not manage is touched by any event, whatever the setting",
    arguments: LeaveAction.allCases)
  func strangers(_ action: LeaveAction) async throws {
    let events: [LeavingEvent] = [.unassign, .leaveFilter, .disable, .softDelete, .hardDelete]
    for event in events {
      for key in [nil, "", "XMSYNC_1", "entra:" + ObjectID.sample(2).rawValue] {
        let world = World(
          filters: try .operations(),
          deprovisioning: .init(onUnassign: action, onDisable: action, onSoftDelete: action, onHardDelete: action))
        world.target.put([.targetName: .text("user1@example.org")], externalKey: key)
        world.hire(.sample(1, changing: ["department": .text("Operations")]))
        event.happen(in: world)
        try await world.runTwice(1)
        #expect(world.target.writes.isEmpty, "\(event) \(key ?? "no key")")
      }
    }
  }
}
