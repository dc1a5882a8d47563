import ProvisioningModel
import ProvisioningRules
import SynchronizationJob
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
    /// An operator edits and deletes people in xMatters.
    var otherHands: Bool
    /// Throttling storms, outages and refused credentials of either side, for up to hours.
    var troubles: Bool
    /// xMatters refuses whatever is written to some people.
    var poison: Bool
    /// Many lose their assignment at once, by a mistake that is mended or by intention.
    var massLeaving: Bool
  }

  let weather: Weather
  /// A person pauses, starts and restarts the job meanwhile.
  private let givesOrders: Bool
  let simulation: Simulation
  let climate: Climate
  let watch: RemovalWatch
  var random: SeededGenerator
  var lastUser = 0
  private var lastName = 0
  /// Those who leave only with everybody else.
  var loyal: Set<ObjectID> = []
  /// What everybody was assigned before a mass leaving, to be mended.
  var lost: [(principal: ObjectID, kind: ObjectKind, role: ObjectID)] = []
  /// Members who were added to groups by hand.
  var handMade: [(group: GroupID, member: MemberID)] = []
  /// Notifications under way, with the time of their arrival.
  private var mail: [(at: Timestamp, object: (kind: ObjectKind, id: ObjectID))] = []
  private var history: [String] = []

  /// What happened in the world and in the process, in the order of time.
  var story: [String] {
    (history + simulation.observer.history).sorted { $0.prefix(24) < $1.prefix(24) }
  }

  let groups = [ObjectID.sample(500), .sample(501)]
  let roles = [ObjectID.sample(901), .sample(902), .sample(903)]

  init(seed: UInt64, simulation: Simulation, watch: RemovalWatch, givesOrders: Bool) {
    self.simulation = simulation
    self.watch = watch
    self.givesOrders = givesOrders
    random = SeededGenerator(seed: seed &* 0x9e37_79b9)
    weather = Weather(
      faultShare: [0, 0.02, 0.1, 0.3].randomElement(using: &random) ?? 0,
      lostNotifications: [0, 0.3, 1].randomElement(using: &random) ?? 0,
      crashes: Bool.random(using: &random), losesState: Int.random(in: 0..<4, using: &random) == 0,
      otherHands: Int.random(in: 0..<4, using: &random) == 0, troubles: Int.random(in: 0..<3, using: &random) == 0,
      poison: Int.random(in: 0..<4, using: &random) == 0, massLeaving: Bool.random(using: &random))
    climate = Climate(seed: random.next(), share: weather.faultShare, clock: simulation.truth)
  }

  /// Lets the directory's replicas be behind. An initial cycle knows of no earlier change that a replica might not show yet.
  func beginLag() {
    climate.beginLag()
    let (start, truth, state) = (FixedClock.start, simulation.truth, simulation.state)
    simulation.directory.replicate(Uptime { truth.now - start }) { [climate] relation in
      state.storedWatermark == nil ? .zero : climate.lag(of: relation)
    }
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
    simulation.faults.decide { [climate] operation in climate.fault(at: operation) }
    look()
    simulation.start()
    for _ in 0..<Int.random(in: 10...30, using: &random) {
      if weather.crashes, chance(0.1) { planCrash() }
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        happen()
        look()
      }
      if givesOrders, chance(0.4) { try await order() }
      let isLong = weather.troubles && chance(0.1)
      try await pass(.milliseconds(.random(in: 0...(isLong ? 14_400_000 : 600_000), using: &random)))
      if simulation.isDown { beDown() }
    }
    simulation.planNoCrash()
    climate.clear()
    if givesOrders { try await simulation.order { try await $0.start() } }
    for item in mail { simulation.notify([item.object]) }
    mail = []
  }

  /// To be called after every change in the directory.
  func look() {
    watch.look((1...lastUser).map { .sample($0) }, inScope: simulation.usersInScope)
  }

  /// Lets time pass and delivers what arrives in it.
  private mutating func pass(_ duration: Duration) async throws {
    let end = simulation.truth.now + duration
    while let next = mail.map(\.at).min(), next <= end {
      try await simulation.pass(next - simulation.truth.now)
      let due = mail.filter { $0.at <= next }.map(\.object)
      mail.removeAll { $0.at <= next }
      simulation.notify(due)
    }
    try await simulation.pass(end - simulation.truth.now)
  }

  /// Some steps ahead; or right after a person was created or adopted, with no process to carry on at once.
  private mutating func planCrash() {
    simulation.staysDown = chance(0.5)
    guard simulation.staysDown else {
      simulation.stepsToCrash = .random(in: 0...150, using: &random)
      return
    }
    let adopts = chance(0.3)
    if adopts { simulation.target.put([.targetName: .text("user\(lastUser + 1)@example.org")]) }
    hire()
    simulation.crash(after: adopts ? .modify : .create)
  }

  /// What happens until there is a new process is not notified. Above all those leave who were being created.
  private mutating func beDown() {
    note("the process was down")
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      if chance(0.5) { leaveAgain() } else { happen() }
      look()
    }
    simulation.start()
  }

  // MARK: Orders

  /// One that cannot be stored, or comes with a crash, is not carried out; it is not given again.
  private mutating func order() async throws {
    let kind = Int.random(in: 0..<4, using: &random)
    let scope = ResetScope(rawValue: .random(in: 0...ResetScope.full.rawValue, using: &random))
    note(["pause", "start"].indices.contains(kind) ? ["pause", "start"][kind] : "restart \(scope.rawValue)")
    // What was let through goes on counting, but what is held is carried out beyond the count.
    if kind > 1, scope.contains(.forceDeletes) { watch.countIsForgotten() }
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

  // MARK: Parts

  mutating func notify(_ kind: ObjectKind, _ id: ObjectID, _ what: String) {
    note("\(what) \(id)")
    guard !chance(weather.lostNotifications) else { return }
    for _ in 0..<(chance(0.2) ? 2 : 1) {
      mail.append((simulation.truth.now + .milliseconds(.random(in: 0...30_000, using: &random)), (kind, id)))
    }
  }

  mutating func note(_ text: String) {
    history.append("\(simulation.truth.now) \(text)")
  }

  mutating func chance(_ share: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < share
  }

  mutating func number() -> Int {
    lastName += 1
    return lastName
  }
}
