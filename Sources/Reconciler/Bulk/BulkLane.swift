import Expressions
package import ProvisioningModel
import ProvisioningRules

/// Hands a cycle's new people to xMatters as files, when there are many of them. It only ever makes people, and is trusted with nothing: a
/// listing tells who is there afterwards, and the cycle looks at everybody as ever. It claims those that a file has made, completes
/// them, and makes those who are missing. Should an import job that was given up go on, its rows say once more what was said before; what
/// changed meanwhile is drift, and repaired.
package struct BulkLane: Sendable {
  let target: any BulkTarget
  let provisioner: Provisioner
  /// Told about what became of the files, once a cycle.
  let reportUpload: @Sendable (BulkReport) -> Void
  /// Of people in a file.
  let fewest: Int
  let sleep: @Sendable (Duration) async throws(Failure) -> Void
  /// So many users are read in bulk at a time.
  private let readSize = 500

  package init(
    target: any BulkTarget, provisioner: Provisioner, reportUpload: @escaping @Sendable (BulkReport) -> Void,
    fewest: Int, sleep: @escaping @Sendable (Duration) async throws(Failure) -> Void
  ) {
    self.target = target
    self.provisioner = provisioner
    self.reportUpload = reportUpload
    self.fewest = fewest
    self.sleep = sleep
  }

  private var book: CreationBook { provisioner.creations }
  private var policy: ProvisioningPolicy { provisioner.policy }

  /// Whether files can help with this configuration: a person of a file has no external key until it is claimed, and what is saved is
  /// the requests for devices.
  package static func isOfUse(_ policy: ProvisioningPolicy) -> Bool {
    let mappings = policy.mapping.mappings
    let hasDevices = mappings.contains { if case .device = $0.target { true } else { false } }
    return policy.ownership == .adopt && hasDevices && !mappings.contains { $0.source.selectsUniqueValue }
  }

  /// - Parameter users: Those in scope who have no link. The snapshot holds the listing that says so.
  /// - Throws: When the listing afterwards fails, or the task is cancelled; whatever becomes of a file is no failure.
  package func make(_ users: Set<ObjectID>) async throws(Failure) {
    guard users.count >= fewest else { return }
    var report = BulkReport()
    let uploaded = try await upload(users, &report)
    guard report.files > 0 else { return }
    if !uploaded.isEmpty {
      _ = try await provisioner.snapshot.fill(from: provisioner.target, policy: policy.mapping)
      for name in uploaded where await provisioner.snapshot.lists(name) { report.created += 1 }
    }
    reportUpload(report)
  }

  /// - Returns: The names of those who may have been made.
  private func upload(_ users: Set<ObjectID>, _ report: inout BulkReport) async throws(Failure) -> [String] {
    var plan = UploadPlan(fewest: fewest)
    var uploaded: [String] = []
    var rest = users.sorted()[...]
    while !rest.isEmpty, report.ending == .done {
      let some = Array(rest.prefix(readSize))
      rest = rest.dropFirst(readSize)
      for (user, person, names) in try await newPeople(some) {
        guard let file = plan.add(person, for: user, names: names) else { continue }
        uploaded += try await upload(file, &report)
      }
    }
    for file in plan.takeRest() where report.ending == .done {
      uploaded += try await upload(file, &report)
    }
    return uploaded
  }

  // MARK: Who

  private func newPeople(_ ids: [ObjectID]) async throws(Failure) -> [(ObjectID, NewPerson, names: Set<String>)] {
    let users: [ObjectID: DirectoryUser]
    let catalogue: Catalogue
    do throws(Failure) {
      users = try await provisioner.directory.users(ids)
      catalogue = try await provisioner.target.catalogue(refreshing: false)
    } catch {
      // Their own runs meet the same failure and report it.
      if error.remedy == .cancelled { throw error }
      return []
    }
    var people: [(ObjectID, NewPerson, names: Set<String>)] = []
    for id in ids {
      guard let user = users[id], let desired = await desired(user, catalogue),
        let person = NewPerson(desired, catalogue: catalogue)
      else { continue }
      let login = desired.asNew.maintained[.webLogin]?.text
      let names = Set([person.targetName, login].compactMap(\.self))
      var isNew = true
      for name in names where await provisioner.snapshot.lists(name) { isNew = false }
      if isNew { people.append((id, person, names)) }
    }
    return people
  }

  /// Nil for a user who is not to be made, or not without a closer look.
  private func desired(_ user: DirectoryUser, _ catalogue: Catalogue) async -> DesiredPerson? {
    guard let entitlement = try? await provisioner.scope.standing(of: user.id).entitlement,
      let source = SourceAttributes(.present(user), entitlement), let verdict = try? policy.filters.evaluate(source),
      leaveReason(.present(user), entitlement: entitlement, passesFilters: verdict.passes, isProvenDeleted: false)
        == nil
    else { return nil }
    let surroundings = DesiredPersonBuilder.Surroundings(
      catalogue: catalogue, supervisor: nil, now: provisioner.clock.now)
    return try? DesiredPersonBuilder.desired(source, policy: policy.mapping, surroundings: surroundings)
  }

  // MARK: One file

  private func upload(_ file: UploadPlan.File, _ report: inout BulkReport) async throws(Failure) -> [String] {
    let now = provisioner.clock.now
    let rows = zip(file.users, file.people)
    let mine = try await book.begin(
      file: rows.map { Creation($0, targetName: $1.targetName, at: now, isByFile: true) })
    let people = rows.filter { mine.contains($0.0) }.map(\.1)
    guard !people.isEmpty else { return [] }
    do throws(Failure) {
      report.files += 1
      report.uploaded += people.count
      report.ending = try await follow(try await target.upload(people))
      try await book.endFile(mayHaveWorked: true)
      return people.map(\.targetName)
    } catch {
      let mayHaveWorked = error.outcomeIsUnknown || error.remedy == .cancelled
      try await book.endFile(mayHaveWorked: mayHaveWorked)
      if error.remedy == .cancelled { throw error }
      report.ending = .failed(error)
      return mayHaveWorked ? people.map(\.targetName) : []
    }
  }

  /// Waits for the import job.
  private func follow(_ upload: UploadID) async throws(Failure) -> BulkReport.Ending {
    var patience = UploadPatience(began: provisioner.clock.now)
    var progress: UploadProgress?
    while true {
      switch patience.next(progress, at: provisioner.clock.now) {
      case .ended: return .done
      case .giveUp: return .unfinished
      case .look(let pause):
        try await sleep(pause)
        do throws(Failure) {
          progress = try await target.progress(of: upload)
        } catch {
          if error.remedy == .cancelled { throw error }
          progress = nil
        }
      }
    }
  }
}
