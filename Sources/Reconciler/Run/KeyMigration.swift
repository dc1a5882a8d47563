package import ProvisioningModel

/// Gives linked people and groups external keys with another prefix. What carries neither the old key nor the new one is left alone.
package struct KeyMigration: Sendable {
  package struct Report: Hashable, Sendable {
    /// Or to be rewritten, in a dry run.
    package var rewritten = 0
    package var alreadyDone = 0
    /// Without a key, or with one that names something else.
    package var leftAlone = 0
    /// Linked, and gone from xMatters.
    package var missing = 0

    package init() {}
  }

  let target: any Target
  let state: any State
  let former: String
  let prefix: String
  let serviceAccount: ServiceAccount

  package init(
    target: any Target, state: any State, from former: String, to prefix: String,
    serviceAccount: ServiceAccount = .init(name: nil)
  ) {
    self.target = target
    self.state = state
    self.former = former
    self.prefix = prefix
    self.serviceAccount = serviceAccount
  }

  /// Can be run again when it was broken off: what is done is done.
  package func run(isDryRun: Bool) async throws(Failure) -> Report {
    let identity = try await state.identity()
    if let identity, ![former, prefix].contains(identity.configured.prefix) {
      throw Failure(
        .escrow, .configurationChanged,
        "The people of this state carry keys that begin with '\(identity.configured.prefix)', not with '\(former)'.",
        advice: "Give --from '\(identity.configured.prefix)'.")
    }
    var report = Report()
    try await migratePeople(isDryRun, &report)
    try await migrateGroups(isDryRun, &report)
    if var identity, !isDryRun {
      identity.configured.prefix = prefix
      try await state.setIdentity(identity, forgettingTarget: false)
    }
    return report
  }

  private func migratePeople(_ isDryRun: Bool, _ report: inout Report) async throws(Failure) {
    let links = try await state.links()
    if links.isEmpty { return }
    var keys: [PersonID: String] = [:]
    try await target.forEachPerson { keys[$0.id] = serviceAccount.isOf($0) ? "" : $0.externalKey ?? "" }
    for link in links where isToBeRewritten(link.objectID, keys[link.personID], &report) && !isDryRun {
      try await target.modify(link.personID, [:], externalKey: prefix + link.objectID.rawValue)
    }
  }

  private func migrateGroups(_ isDryRun: Bool, _ report: inout Report) async throws(Failure) {
    let links = try await state.groupLinks()
    if links.isEmpty { return }
    var keys: [GroupID: String] = [:]
    try await target.forEachGroup { keys[$0.id] = $0.externalKey ?? "" }
    for link in links where isToBeRewritten(link.objectID, keys[link.groupID], &report) && !isDryRun {
      try await target.modifyGroup(link.groupID, [:], externalKey: prefix + link.objectID.rawValue)
    }
  }

  /// - Parameter key: Empty for none; nil when there is no such person.
  private func isToBeRewritten(_ object: ObjectID, _ key: String?, _ report: inout Report) -> Bool {
    guard let key else {
      report.missing += 1
      return false
    }
    func isKey(_ prefix: String) -> Bool {
      key.hasPrefix(prefix) && ObjectID(String(key.dropFirst(prefix.count))) == object
    }
    if isKey(prefix) {
      report.alreadyDone += 1
    } else if isKey(former) {
      report.rewritten += 1
      return true
    } else {
      report.leftAlone += 1
    }
    return false
  }
}
