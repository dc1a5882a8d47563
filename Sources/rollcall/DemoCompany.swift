import JSON
import Service
import Simulators

/// The company of the demonstration, once the story is told: people, groups and offices, and what an operator has to look at - removals
/// that are held, a person that xMatters refuses, a guest that the filter leaves out, and a quarantine that comes and goes.
struct DemoCompany: Sendable {
  /// The story has so many users of its own.
  static let storyUsers = 8
  static let users = 60

  private static let teams = [
    (name: "Network On-Call", members: 8..<20), (name: "Platform Incident Team", members: 16..<32),
    (name: "Security Response", members: 32..<43),
  ]
  private static let leaving = 43..<48
  private static let lost = 48
  private static let pause = Duration.seconds(15)

  let world: SimulatedWorld

  /// What the configuration has beyond the usual: offices, groups, a filter, and a guard that the story has used up.
  static let configuration = """
    mappings:
      users:
        - {target: targetName, source: "[userPrincipalName]", matching: 1}
        - {target: webLogin, source: "[userPrincipalName]"}
        - {target: firstName, source: "Coalesce([givenName], [displayName])"}
        - {target: lastName, source: "Coalesce([surname], [displayName])"}
        - {target: status, source: 'Switch([IsSoftDeleted], , "False", "ACTIVE", "True", "INACTIVE")'}
        - {target: language, source: "[preferredLanguage]", apply: onCreate}
        - {target: roles, source: "[appRoleAssignments]"}
        - {target: supervisors, source: "[manager]"}
        - {target: site, source: "[officeLocation]"}
        - {target: "devices.Work Email", source: "[mail]"}
        - {target: "devices.Mobile Phone", source: "[mobilePhone]"}
      groups: {enabled: true}
    scopingFilters:
      - name: employees
        clauses: [{attribute: userType, operator: EQUALS, value: Member}]

    """

  /// - Returns: When xMatters agrees, or after half a minute.
  func moveIn(_ service: RollcallService) async {
    let graph = world.graph
    let role = graph.tenant.roles[0].id
    let ids = graph.tenant.userOrder
    for (number, office) in zip(Self.storyUsers..<Self.lost, ["Berlin", "Lagos", "Default Site"].cycled) {
      graph.change {
        $0.updateUser(ids[number], ["officeLocation": .string(office)])
        $0.setManager(ids[Self.storyUsers + number / 12], of: ids[number])
      }
    }
    for team in Self.teams {
      let group = graph.change { tenant in
        let group = tenant.createGroup(team.name)
        for number in team.members { tenant.addMember(ids[number], to: group.id) }
        return group.id
      }
      graph.changeAssignment(of: group) { _ = $0.assign(group, role: role) }
    }
    graph.change { $0.updateUser(ids[Self.lost], ["officeLocation": "Atlantis"]) }
    let guest = graph.change {
      $0.createUser([
        "userPrincipalName": "pia.lindqvist_partner.example#EXT#@contoso.example",
        "mail": "pia.lindqvist@partner.example",
        "displayName": "Pia Lindqvist", "givenName": "Pia", "surname": "Lindqvist", "userType": "Guest",
      ])
    }
    for id in Self.leaving.map({ ids[$0] }) + [ids[Self.lost], guest.id] {
      graph.changeAssignment(of: id) { _ = $0.assign(id, role: role) }
    }
    let expected = Self.storyUsers..<Self.lost
    await wait { expected.allSatisfy { world.xmatters.instance.person(externalKey: "entra:\(ids[$0])") != nil } }
    for id in Self.leaving.map({ ids[$0] }) {
      guard let assignment = graph.tenant.assignments.first(where: { $0.principal == id })?.id else { continue }
      graph.changeAssignment(of: id) { _ = $0.unassign(assignment) }
    }
    await wait { service.heldRemovals >= Self.leaving.count }
  }

  /// Goes on for as long as the task: now and then a telephone number changes, and at times xMatters refuses to sign Rollcall in.
  func goOn() async {
    let ids = world.graph.tenant.userOrder
    var round = 0
    while !Task.isCancelled {
      try? await Task.sleep(for: Self.pause)
      round += 1
      let number = Self.storyUsers + round % 30
      world.graph.change {
        $0.updateUser(ids[number], ["mobilePhone": .string("+44 20 7946 \(String(1000 + round % 9000))")])
      }
      guard round % 12 == 4 else { continue }
      world.xmatters.faults.add(Fault(path: "/people", kind: .status(401, retryAfter: nil), count: nil))
      try? await Task.sleep(for: Self.pause * 2)
      world.xmatters.faults.clear()
    }
  }

  private func wait(until isDone: () -> Bool) async {
    let began = ContinuousClock.now
    while !isDone(), began.duration(to: .now) < .seconds(30) { try? await Task.sleep(for: .milliseconds(50)) }
  }
}

extension Array {
  /// Its elements over and over.
  fileprivate var cycled: some Sequence<Element> {
    sequence(state: 0) { index in
      defer { index = (index + 1) % count }
      return self[index]
    }
  }
}
