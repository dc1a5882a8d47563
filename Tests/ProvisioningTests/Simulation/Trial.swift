import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport

/// One seed from the first user to the last cycle, and everything that was wrong with it.
struct Trial {
  /// What is special about the tenant, or about what happens in it.
  enum Setting {
    case plain
    /// A person pauses, starts and restarts the job.
    case orders
    /// Scoping filters that people leave and come back through.
    case filters
    /// The whole tenant is in scope, as far as filters let it through.
    case everybody
    /// Groups are provisioned.
    case groups
    /// New people are made by files, two at a time at least: a person made by one is claimed in the end, and no file changes anybody.
    case files
    /// The directory has replicas, each relation of which is behind by up to minutes.
    case lag
  }

  private let seed: UInt64
  private let setting: Setting
  private let simulation: Simulation
  private let watch: RemovalWatch
  private let strangers: [PersonID: Person]
  private var script: Script

  init(seed: UInt64, _ setting: Setting) throws {
    self.seed = seed
    self.setting = setting
    var random = SeededGenerator(seed: seed ^ 0x5eed)
    // In every other trial the guard has something to do.
    let limit = [1, 2, 4, 100, 100, 100].randomElement(using: &random) ?? 100
    let limits = RemovalLimits(count: limit, percent: 100, minimum: limit)
    let quarantine = QuarantinePolicy(minimumFailures: [3, 50].randomElement(using: &random) ?? 50)
    var options = Simulation.Options(
      policy: try Self.policy(setting, seed), scope: setting == .everybody ? .all : .assigned,
      protection: .init(removals: limits, quarantine: quarantine), fewestUploads: setting == .files ? 2 : nil)
    if setting == .lag { options.confirmation = .init() }
    simulation = Simulation(seed: seed, options: options)
    watch = RemovalWatch(
      limits: limits, state: simulation.state, clock: simulation.truth,
      evidence: ServedEvidence(policy: options.policy, scope: options.scope, confirmation: options.confirmation),
      isBehind: setting == .lag)
    simulation.target.onRemoval { [watch] in watch.removed($0, $1) }
    simulation.directory.onServe { [watch] in watch.served($0) }
    simulation.observer.onCycle(begins: { [watch] in watch.cycleBegan() }, ends: { [watch] in watch.cycleEnded() })
    simulation.target.put([.targetName: .text("stranger")])
    simulation.target.put([.targetName: .text("synchronized")], externalKey: "XMSYNC_1")
    strangers = simulation.target.people
    // One who will be adopted.
    simulation.target.put([.targetName: .text("USER2@example.org"), .firstName: .text("Ada")])
    script = Script(seed: seed, simulation: simulation, watch: watch, givesOrders: setting == .orders)
    if setting == .lag { script.beginLag() }
  }

  private static func policy(_ setting: Setting, _ seed: UInt64) throws -> ProvisioningPolicy {
    var policy = ProvisioningPolicy(
      mapping: .sample(roleMap: [("admin", ["Company Admin"]), ("Operators", ["Group Supervisor"])]), fingerprint: 1)
    switch setting {
    case .plain, .orders, .files: break
    case .filters, .everybody:
      // Every change of a surname or given name may take a user out of scope, or bring it back.
      policy.filters = ScopingFilters([
        ScopingFilter(name: "surname", clauses: [try ScopingClause("surname", .regexMatch, "(^Surname|[13579]@)")]),
        ScopingFilter(name: "given name", clauses: [try ScopingClause("givenName", .endsWith, "2@example.org")]),
      ])
    case .groups: policy.groups = .sample()
    case .lag: policy.groups = seed.isMultiple(of: 2) ? .sample() : nil
    }
    return policy
  }

  /// Nil when all was well, otherwise the whole story.
  mutating func failure() async -> String? {
    let invariants = Invariants(simulation: simulation, strangers: strangers)
    var wrong: [String] = []
    do {
      try await script.play()
      wrong = try await afterwards(invariants)
    } catch {
      wrong = ["\(error)"]
    }
    wrong += watch.violations
    simulation.end()
    guard !wrong.isEmpty else { return nil }
    let heading = "seed \(seed), \(setting), \(script.weather)"
    return ([heading] + wrong + script.story + [invariants.portrait()]).joined(separator: "\n")
  }

  private mutating func afterwards(_ invariants: Invariants) async throws -> [String] {
    var wrong: [String] = []
    // Dust settles: every backoff ends, quarantine is left, and cycles follow.
    try await simulation.pass(.seconds(3600))
    // A restart with Escrows has failures forgotten until something changes.
    if !script.weather.otherHands, setting != .orders { wrong += invariants.violations(.beforeDecisions) }
    wrong += try await liveChange()
    for key in simulation.target.poisoned { simulation.target.refuse(key, with: nil) }
    script.decideOnHeld()
    try await simulation.pass(.seconds(60))
    // What only a listing of people shows is put right by the full cycle and the one after it.
    for _ in 1...3 {
      try await simulation.runFullCycle()
      guard simulation.heldRemovals > 0 else { break }
      simulation.releaseHeld()
      try await simulation.pass(.seconds(60))
    }
    wrong += invariants.violations()
    wrong += invariants.groupViolations(handMade: script.handMade, hasLostState: script.weather.losesState)
    wrong += invariants.fileViolations(hasLostState: script.weather.losesState, otherHands: script.weather.otherHands)
    _ = simulation.target.takeWrites()
    _ = simulation.target.takeGroupWrites()
    let drift = simulation.observer.drift
    try await simulation.runFullCycle()
    wrong += simulation.target.takeWrites().map { "a cycle over equal sides wrote \($0)" }
    wrong += simulation.target.takeGroupWrites().map { "a cycle over equal sides wrote \($0)" }
    if simulation.observer.drift != drift { wrong.append("drift was seen where there is none") }
    return wrong
  }

  /// A notification that is taken while all is calm is applied at once, cycle or not.
  private mutating func liveChange() async throws -> [String] {
    guard let user = script.changeSomebody() else { return [] }
    try await simulation.pass(.seconds(5))
    let person = simulation.target.people(withKey: "entra:" + user.id.rawValue).first
    let address = person?.devices.first { $0.name == "Work Email" }?.address
    return address == user.attributes["mail"]?.text ? [] : ["\(user.id) was told of, and forgotten"]
  }
}
