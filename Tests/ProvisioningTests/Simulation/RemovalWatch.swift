import ProvisioningModel
import ProvisioningRules
import Synchronization
import SynchronizationJob
import TestSupport

/// Watches every disable and delete that reaches the model of xMatters, whatever becomes of its answer.
final class RemovalWatch: Sendable {
  private struct Storage {
    var violations: [String] = []
    /// Those that have not been released, for as long as the window takes.
    var recent: [(user: ObjectID, at: Timestamp)] = []
    /// Users out of scope since the last cycle that began after their return; nil for a return that has not come.
    var left: [ObjectID: Timestamp?] = [:]
    /// When the running cycle began.
    var cycleBegan: Timestamp?
    var evidence: ServedEvidence
  }

  private let limits: RemovalLimits
  private let state: MemoryState
  private let clock: any WallClock
  /// Replicas lag: what was true when the directory was asked may not be what it said.
  private let isBehind: Bool
  private let storage: Mutex<Storage>

  /// - Parameter clock: Never wrong, whatever the process takes the time for.
  init(limits: RemovalLimits, state: MemoryState, clock: any WallClock, evidence: ServedEvidence, isBehind: Bool) {
    self.limits = limits
    self.state = state
    self.clock = clock
    self.isBehind = isBehind
    storage = Mutex(Storage(evidence: evidence))
  }

  func served(_ answer: ModelDirectory.Served) {
    storage.withLock { $0.evidence.take(answer, at: clock.now) }
  }

  var violations: [String] { storage.withLock { $0.violations } }

  /// The state is lost, or reset: what is not known cannot be counted any more.
  func countIsForgotten() {
    storage.withLock { $0.recent = [] }
  }

  /// To be called after every change in the directory.
  /// - Parameter inScope: Everybody who is to be active now.
  func look(_ users: some Sequence<ObjectID>, inScope: Set<ObjectID>) {
    storage.withLock { storage in
      for user in users {
        if inScope.contains(user) {
          if case .some(.none) = storage.left[user] { storage.left[user] = clock.now }
        } else {
          storage.left[user] = .some(nil)
        }
      }
    }
  }

  func cycleBegan() {
    storage.withLock { $0.cycleBegan = clock.now }
  }

  /// A cycle has ended well: a user who was back when it began is known to be back.
  func cycleEnded() {
    storage.withLock { storage in
      guard let began = storage.cycleBegan else { return }
      storage.left = storage.left.filter { _, back in back.map { $0 >= began } ?? true }
    }
  }

  /// - Parameter key: The external key of the person who has been disabled or deleted.
  func removed(_ key: String, _ removal: ModelTarget.Removal) {
    guard key.hasPrefix("entra:") else { return note("\(key), who is not managed, was removed") }
    let user = ObjectID(String(key.dropFirst(6)))
    let held = state.allHeld[user]
    if !isBehind, storage.withLock({ $0.left[user] == nil }) { note("\(user) was removed while in scope") }
    if let objection = storage.withLock({ $0.evidence.objection(to: removal, of: user, at: clock.now) }) {
      note("\(clock.now): \(removal) of \(user), but by the last answers \(objection)")
    }
    if let held, held.state != .released { note("\(user) was removed while that was held") }
    guard held == nil else { return }
    let (count, now) = storage.withLock { storage in
      let now = clock.now
      storage.recent.removeAll { now - $0.at >= limits.window }
      storage.recent.append((user, now))
      return (Set(storage.recent.map(\.user)).count, now)
    }
    // The share is covered by the guard's own tests; here number and minimum are the same.
    if count > limits.minimum { note("\(now): \(count) were removed within the window, \(user) the last") }
  }

  private func note(_ text: String) {
    storage.withLock { $0.violations.append(text) }
  }
}
