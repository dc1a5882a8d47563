import Provisioning
import TestSupport

/// What happens to a simulation, drawn from a seed: people come, change and leave; signals are lost, doubled or late; either side fails; the
/// process crashes.
struct Script {
  /// How rough it gets; drawn as well.
  struct Weather {
    /// Of all calls of any port.
    var faultShare: Double
    var lostNotifications: Double
    var crashes: Bool
    var losesState: Bool
    /// Somebody edits and deletes people in xMatters.
    var otherHands: Bool
  }

  let weather: Weather
  /// A person pauses, starts and restarts the job meanwhile.
  private let givesOrders: Bool
  private let simulation: Simulation
  private var random: SeededGenerator
  private var lastUser = 0
  private var lastName = 0
  /// Those who are never taken out of scope, so that nobody has a reason to remove them.
  private(set) var loyal: Set<ObjectID> = []
  /// Members who were added to groups by hand.
  private(set) var handMade: [(group: GroupID, member: MemberID)] = []
  /// Notifications under way, with the time of their arrival.
  private var mail: [(at: Timestamp, object: (kind: ObjectKind, id: ObjectID))] = []
  private var history: [String] = []

  /// What happened in the world and in the process, in the order of time.
  var story: [String] {
    (history + simulation.observer.history).sorted { $0.prefix(24) < $1.prefix(24) }
  }

  private let groups = [ObjectID.sample(500), .sample(501)]
  private let roles = [ObjectID.sample(901), .sample(902), .sample(903)]

  init(seed: UInt64, simulation: Simulation, givesOrders: Bool = false) {
    self.simulation = simulation
    self.givesOrders = givesOrders
    random = SeededGenerator(seed: seed &* 0x9e37_79b9)
    weather = Weather(
      faultShare: [0, 0.02, 0.1, 0.3].randomElement(using: &random) ?? 0,
      lostNotifications: [0, 0.3, 1].randomElement(using: &random) ?? 0,
      crashes: Bool.random(using: &random), losesState: Int.random(in: 0..<4, using: &random) == 0,
      otherHands: Int.random(in: 0..<4, using: &random) == 0)
  }

  // MARK: Playing

  mutating func play() async throws {
    for group in groups { simulation.directory.setMembers(of: group, []) }
    simulation.directory.assign(groups[0], .group)
    if provisionsGroups {
      for group in groups { simulation.directory.describe(group: group, ["displayName": .text("Group \(number())")]) }
    }
    for _ in 0..<Int.random(in: 3...8, using: &random) { hire() }
    let loyal = self.loyal.sorted()
    for user in loyal.prefix(2) { join(user, groups[0]) }
    setWeather()
    simulation.start()
    for _ in 0..<Int.random(in: 10...30, using: &random) {
      if weather.crashes, chance(0.1) { simulation.stepsToCrash = .random(in: 0...150, using: &random) }
      for _ in 0..<Int.random(in: 1...3, using: &random) { happen() }
      if givesOrders, chance(0.4) { try await order() }
      try await pass(.milliseconds(.random(in: 0...600_000, using: &random)))
    }
    simulation.stepsToCrash = nil
    simulation.faults.decide(by: nil)
    if givesOrders { try await simulation.order { try await $0.start() } }
    for item in mail { simulation.notify([item.object]) }
    mail = []
  }

  private mutating func setWeather() {
    let share = weather.faultShare
    let dice = Dice(seed: random.next())
    simulation.faults.decide { operation in dice.fault(at: operation, share: share) }
  }

  /// Lets time pass and delivers what arrives in it.
  private mutating func pass(_ duration: Duration) async throws {
    let end = simulation.wall.now + duration
    while let next = mail.map(\.at).min(), next <= end {
      try await simulation.pass(next - simulation.wall.now)
      let due = mail.filter { $0.at <= next }.map(\.object)
      mail.removeAll { $0.at <= next }
      simulation.notify(due)
    }
    try await simulation.pass(end - simulation.wall.now)
  }

  // MARK: Orders

  /// One that cannot be stored, or comes with a crash, is not carried out; nobody gives it again.
  private mutating func order() async throws {
    let kind = Int.random(in: 0..<4, using: &random)
    let scope = ResetScope(rawValue: .random(in: 0...ResetScope.full.rawValue, using: &random))
    note(["pause", "start"].indices.contains(kind) ? ["pause", "start"][kind] : "restart \(scope.rawValue)")
    do {
      try await simulation.order { job in
        switch kind {
        case 0: try await job.pause()
        case 1: try await job.start()
        default: try await job.restart(scope)
        }
      }
    } catch is Failure {}
  }

  // MARK: Events

  private mutating func happen() {
    let users = simulation.directory.users.keys.sorted()
    let free = users.filter { !loyal.contains($0) }
    if provisionsGroups, chance(0.25) { return happenToGroup() }
    switch Int.random(in: 0..<22, using: &random) {
    case 0, 1: hire()
    case 2, 3, 4:
      change(users.randomElement(using: &random), "attribute") { user, script in
        let attribute = ["surname", "mail", "givenName"].randomElement(using: &script.random) ?? "mail"
        user.attributes[attribute] = .text("\(attribute)\(script.number())@example.org")
      }
    case 5:
      change(users.randomElement(using: &random), "rename") { user, script in
        user.attributes["userPrincipalName"] = .text("renamed\(script.number())@example.org")
      }
    case 6, 7:
      change(users.randomElement(using: &random), "manager") { user, script in
        user.manager = users.randomElement(using: &script.random)
      }
    case 8, 9: change(free.randomElement(using: &random), "enabled") { user, _ in user.accountEnabled.toggle() }
    case 10, 11: unassign(free.randomElement(using: &random))
    case 12: assign(free.randomElement(using: &random))
    case 13: softDelete(free.randomElement(using: &random))
    case 14: restore()
    case 15: hardDelete()
    case 16: membership(free.randomElement(using: &random))
    case 17: secondGroup()
    case 18: changeRole(users.randomElement(using: &random))
    case 19: reuseName()
    case 20: infrastructure()
    default: byHand()
    }
  }

  private mutating func hire() {
    lastUser += 1
    let manager = lastUser > 1 && chance(0.6) ? Int.random(in: 1...lastUser + 1, using: &random) : nil
    let user = DirectoryUser.sample(lastUser, manager: manager == lastUser ? nil : manager)
    simulation.directory.put(user)
    simulation.directory.assign(user.id, role: roles.randomElement(using: &random) ?? roles[0])
    if lastUser % 3 == 1 { loyal.insert(user.id) }
    notify(.user, user.id, "hire")
  }

  private mutating func change(
    _ id: ObjectID?, _ what: String, _ body: (inout DirectoryUser, inout Script) -> Void
  ) {
    guard let id, var user = simulation.directory.user(known: id) else { return }
    body(&user, &self)
    simulation.directory.put(user)
    notify(.user, id, what)
  }

  private mutating func unassign(_ id: ObjectID?) {
    guard let id else { return }
    simulation.directory.unassign(id)
    note("unassign \(id)")
  }

  private mutating func assign(_ id: ObjectID?) {
    guard let id else { return }
    simulation.directory.assign(id, role: roles.randomElement(using: &random) ?? roles[0])
    note("assign \(id)")
  }

  private mutating func changeRole(_ id: ObjectID?) {
    guard let id, let old = simulation.directory.assignedRole(of: id), let new = roles.randomElement(using: &random)
    else { return }
    simulation.directory.assign(id, role: new)
    if old != new { simulation.directory.unassign(id, role: old) }
    note("role \(id)")
  }

  private mutating func softDelete(_ id: ObjectID?) {
    guard let id else { return }
    simulation.directory.softDelete(id)
    notify(.user, id, "soft delete")
  }

  private mutating func restore() {
    guard let id = simulation.directory.recycleBin.keys.sorted().randomElement(using: &random) else { return }
    let name = simulation.directory.recycleBin[id]?.attributes["userPrincipalName"]
    let isTaken = simulation.directory.users.values.contains { $0.attributes["userPrincipalName"] == name }
    simulation.directory.restore(id)
    if isTaken {
      simulation.directory.change(id) {
        $0.attributes["userPrincipalName"] = .text("restored\(number())@example.org")
      }
    }
    notify(.user, id, "restore")
  }

  private mutating func hardDelete() {
    guard let id = simulation.directory.recycleBin.keys.sorted().randomElement(using: &random) else { return }
    simulation.directory.hardDelete(id)
    notify(.user, id, "hard delete")
  }

  private mutating func membership(_ id: ObjectID?) {
    guard let id, let group = groups.randomElement(using: &random) else { return }
    if simulation.directory.groups[group]?.contains(id) == true {
      simulation.directory.setMembers(of: group, simulation.directory.groups[group]?.subtracting([id]) ?? [])
      notify(.group, group, "leave \(id)")
    } else {
      join(id, group)
    }
  }

  private mutating func join(_ id: ObjectID, _ group: ObjectID) {
    simulation.directory.setMembers(of: group, simulation.directory.groups[group]?.union([id]) ?? [id])
    notify(.group, group, "join \(id)")
  }

  private mutating func secondGroup() {
    if Bool.random(using: &random) {
      simulation.directory.assign(groups[1], .group, role: roles[1])
      note("assign second group")
    } else {
      simulation.directory.unassign(groups[1])
      note("unassign second group")
    }
  }

  private var provisionsGroups: Bool { simulation.options.policy.groups != nil }

  private mutating func happenToGroup() {
    guard let group = groups.randomElement(using: &random) else { return }
    if Bool.random(using: &random) {
      simulation.directory.describe(group: group, ["displayName": .text("Group \(number())")])
      notify(.group, group, "rename group")
    } else if let id = simulation.target.groups(withKey: "entra:" + group.rawValue).first?.id {
      let member = MemberID("hand-made-\(number())")
      simulation.target.changeMembers(of: id) { $0.insert(member) }
      handMade.append((id, member))
      note("by hand: \(member) into \(group)")
    }
  }

  /// Somebody new gets the name of somebody who left.
  private mutating func reuseName() {
    let held = Set(simulation.directory.users.values.map { $0.attributes["userPrincipalName"] })
    let left = simulation.directory.recycleBin.values.sorted { $0.id < $1.id }
      .compactMap { $0.attributes["userPrincipalName"] }.filter { !held.contains($0) }
    guard let name = left.randomElement(using: &random) else { return }
    hire()
    change(.sample(lastUser), "reuse name") { user, _ in user.attributes["userPrincipalName"] = name }
  }

  private mutating func infrastructure() {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      simulation.directory.expireLinks()
      note("delta links expire")
    case 1:
      simulation.requestCycle()
      note("cycle requested")
    default:
      guard weather.losesState else { return }
      note("state lost")
      simulation.crash()
      simulation.state.lose()
    }
  }

  private mutating func byHand() {
    guard weather.otherHands else { return }
    let ours = simulation.target.people.values.filter { $0.externalKey?.hasPrefix("entra:") == true }
    guard let id = ours.map(\.id).sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &random) else {
      return
    }
    if chance(0.3) {
      simulation.target.remove(id)
      note("by hand: remove \(id)")
    } else {
      simulation.target.change(id) { $0.attributes[.firstName] = .text("Scribble") }
      note("by hand: edit \(id)")
    }
  }

  // MARK: Parts

  private mutating func notify(_ kind: ObjectKind, _ id: ObjectID, _ what: String) {
    note("\(what) \(id)")
    guard !chance(weather.lostNotifications) else { return }
    for _ in 0..<(chance(0.2) ? 2 : 1) {
      mail.append((simulation.wall.now + .milliseconds(.random(in: 0...30_000, using: &random)), (kind, id)))
    }
  }

  private mutating func note(_ text: String) {
    history.append("\(simulation.wall.now) \(text)")
  }

  private mutating func chance(_ share: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < share
  }

  private mutating func number() -> Int {
    lastName += 1
    return lastName
  }
}
