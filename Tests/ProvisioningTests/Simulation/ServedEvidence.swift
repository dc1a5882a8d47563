import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport

/// What the directory has said in its answers, whatever is true of it: a removal has to rest on that.
struct ServedEvidence {
  let policy: ProvisioningPolicy
  let scope: ScopeKind
  let confirmation: ConfirmationPolicy

  private var assignments: [Assignment]?
  private var members: [ObjectID: Set<ObjectID>] = [:]
  private var users: [ObjectID: UserObservation] = [:]
  /// Since when no answer reached them, in a row.
  private var unreached: [ObjectID: Series] = [:]
  /// Since when none found them.
  private var absentSince: [ObjectID: Timestamp] = [:]
  private var calledDeleted: Set<ObjectID> = []
  private var seen: Set<ObjectID> = []

  private struct Series {
    var since: Timestamp
    /// What was answered at the same instant may not have been taken in yet.
    var end: Timestamp?
  }

  init(policy: ProvisioningPolicy, scope: ScopeKind, confirmation: ConfirmationPolicy) {
    self.policy = policy
    self.scope = scope
    self.confirmation = confirmation
  }

  mutating func take(_ served: ModelDirectory.Served, at now: Timestamp) {
    switch served {
    case .user(let id, let observation): take(id, observation, at: now)
    case .users(let found): for (id, user) in found { take(id, .present(user), at: now) }
    case .assignments(let assignments):
      self.assignments = assignments
      lookAtScope(at: now)
    case .members(let group, let users):
      members[group] = users
      lookAtScope(at: now)
    case .deleted(let ids): calledDeleted.formUnion(ids)
    }
  }

  private mutating func take(_ id: ObjectID, _ observation: UserObservation, at now: Timestamp) {
    seen.insert(id)
    users[id] = observation
    absentSince[id] = observation == .absent ? absentSince[id] ?? now : nil
    lookAtScope(at: now)
  }

  private mutating func lookAtScope(at now: Timestamp) {
    guard let reached else { return }
    for user in seen {
      if reached.contains(user) {
        if unreached[user] != nil, unreached[user]?.end == nil { unreached[user]?.end = now }
      } else if let end = unreached[user]?.end {
        if end == now { unreached[user]?.end = nil } else { unreached[user] = Series(since: now) }
      } else if unreached[user] == nil {
        unreached[user] = Series(since: now)
      }
    }
  }

  /// All users that the last answers have assigned; nil while that is not known of all groups.
  private var reached: Set<ObjectID>? {
    guard let assignments else { return nil }
    var reached: Set<ObjectID> = []
    for assignment in assignments {
      switch assignment.principalKind {
      case .user: reached.insert(assignment.principal)
      case .group:
        guard let users = members[assignment.principal] else { return nil }
        reached.formUnion(users)
      }
    }
    return reached
  }

  /// Why the answers do not support what was done; nil when they do.
  func objection(to removal: ModelTarget.Removal, of user: ObjectID, at now: Timestamp) -> String? {
    let series = unreached[user].flatMap { $0.end ?? now == now ? $0 : nil }
    let isUnreached = scope == .assigned && series.map { now - $0.since >= confirmation.leave } ?? false
    switch users[user] {
    case nil: return "no answer was about it"
    case .present(let source):
      if removal == .delete { return "it was there" }
      let attributes = SourceAttributes(user: source, appRoles: [], isSoftDeleted: false)
      let passes = (try? policy.filters.evaluate(attributes).passes) ?? true
      return isUnreached || !source.accountEnabled || !passes
        ? nil : "it was there, enabled, and reached by assignments"
    case .softDeleted: return removal == .delete ? "it was in the recycle bin" : nil
    case .absent:
      let missing = absentSince[user].map { now - $0 } ?? .zero
      if removal == .delete, !calledDeleted.contains(user), missing < confirmation.absence {
        return "it was missing for \(missing), and not called deleted"
      }
      return missing >= confirmation.leave ? nil : "it was missing for \(missing)"
    }
  }
}
