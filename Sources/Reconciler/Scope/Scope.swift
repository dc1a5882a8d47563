package import ProvisioningModel
package import ProvisioningRules

/// Who is assigned, kept up to date by reading the directory. A read that fails changes nothing; one that misses a user is confirmed
/// by another one before anything is concluded from it.
package actor Scope {
  private let directory: any Directory
  package nonisolated let kind: ScopeKind
  /// Whether members of groups inside assigned groups count.
  package nonisolated let nestedGroups: Bool
  private var book: AssignmentBook
  /// As last read; nil before the first read.
  package private(set) var application: Application?
  private var reads = 0
  private let confirmation: ConfirmationPolicy
  private let uptime: Uptime
  /// A group has changed that may stand inside of an assigned one.
  private var innerGroupChanged = false

  package init(
    directory: any Directory, kind: ScopeKind = .assigned, nestedGroups: Bool, includesDefaultAccess: Bool,
    confirmation: ConfirmationPolicy, uptime: Uptime
  ) {
    self.confirmation = confirmation
    self.uptime = uptime
    self.directory = directory
    self.kind = kind
    self.nestedGroups = nestedGroups
    book = AssignmentBook(kind: kind, includesDefaultAccess: includesDefaultAccess)
  }

  /// False until the assignments have been read to the end once.
  package var isComplete: Bool { book.isComplete }

  /// After how long `refreshAssignments` is to be called once more, to tell whether users have lost what a read has missed; nil when
  /// nothing is in doubt.
  package var untilConfirmation: Duration? { book.nextConfirmation.map { max(.zero, $0 - uptime.now) } }

  /// To be called before the first read, with the users and groups that were assigned when a former process looked at them.
  package func expect(users: Set<ObjectID>, groups: Set<ObjectID> = []) {
    book.expect(users: users, groups: groups)
  }

  /// Of these users and groups, which are linked, nothing is concluded before two reads agree that they are not assigned.
  package func doubt(_ objects: some Sequence<ObjectID> & Sendable, _ kind: ObjectKind) {
    book.doubt(objects, kind)
  }

  /// Of these users, those who are in scope as far as assignments decide it.
  package func assigned(among users: Set<ObjectID>) -> Set<ObjectID> {
    users.filter { book.isAssigned($0) }
  }

  /// Everybody who may be in scope, to be looked at one by one. With `scope: all` the tenant is listed, and those that no filter lets
  /// through are left out.
  /// - Throws: When the tenant could not be listed to its end.
  package func everybody(passing filters: ScopingFilters) async throws(Failure) -> Set<ObjectID> {
    switch kind {
    case .assigned: Set(book.users)
    case .all:
      try await directory.allUsers { user in
        guard user.accountEnabled else { return false }
        let source = SourceAttributes(user: user, appRoles: [], isSoftDeleted: false)
        // A user that cannot be judged is looked at: the run says why.
        return (try? filters.evaluate(source).passes) ?? true
      }
    }
  }

  /// The users whose assignments differ from when they were last looked at.
  package func users(differingFrom digests: [ObjectID: UInt64]) -> Set<ObjectID> {
    book.users(differingFrom: digests)
  }

  /// The groups whose assignment counts, with what it says, as `Entitlement.digest`.
  package var groupDigests: [ObjectID: UInt64] { book.groupDigests }

  /// - Throws: When the assignments have not been read yet: unknown is not "unassigned".
  package func standing(of user: ObjectID) throws(Failure) -> Standing {
    try checkComplete()
    try checkResolved(user)
    return Standing(scope: kind, entitlement: book.entitlement(of: user), grounds: book.grounds(of: user))
  }

  /// - Throws: As for a user.
  package func standing(ofGroup group: ObjectID) throws(Failure) -> Standing {
    try checkComplete()
    try checkResolved(group)
    return Standing(
      scope: kind, entitlement: book.entitlement(ofGroup: group), grounds: book.grounds(ofGroup: group))
  }

  private func checkResolved(_ object: ObjectID) throws(Failure) {
    guard book.isUnresolved(object) else { return }
    throw Failure(
      .retry(after: max(.seconds(1), untilConfirmation ?? .zero)), .internalError,
      "It was assigned before the service started, and the list of assignments does not show it; the list is read once more before anything is concluded.",
      advice: "Nothing to do: replicas of the directory lag for some seconds.")
  }

  private func checkComplete() throws(Failure) {
    guard book.isComplete else {
      throw Failure(
        .retry(after: nil), .internalError, "The assignments have not been read yet.",
        advice: "Nothing to do: it is tried again when the first read has ended.")
    }
  }

  /// Reads the application, its assignments and the members of every assigned group.
  /// That a group has not changed says little: users come and go as they are deleted and restored, and groups inside it change, which is
  /// no change of the group itself.
  /// - Returns: The users whose entitlement differs from before.
  @discardableResult
  package func refresh() async throws(Failure) -> Set<ObjectID> {
    application = try await directory.application()
    return try await refreshAssignments(readingAllGroups: true)
  }

  /// Reads the assignments and the members of groups that were not assigned before; of all groups, when a loss is to be confirmed or a
  /// group inside of one may have changed.
  package func refreshAssignments() async throws(Failure) -> Set<ObjectID> {
    try await refreshAssignments(readingAllGroups: untilConfirmation == .zero || innerGroupChanged)
  }

  /// Whether the members of this group decide who is in scope: it is assigned itself. With nested groups any other may stand inside of
  /// one that is: then the next `refreshAssignments` reads all of them, however many such groups have changed.
  /// How many requests a read of the list of assignments takes.
  package var assignmentPages: Int { book.pages }

  package func isAssigned(group: ObjectID) -> Bool {
    if book.groups.contains(group) { return true }
    if nestedGroups, !book.groups.isEmpty { innerGroupChanged = true }
    return false
  }

  /// Whether the next read has to look into every group, because one that is not assigned itself has changed.
  package var hasInnerChange: Bool { innerGroupChanged }

  /// Reads the members of one group, if it is assigned.
  package func refreshGroup(_ group: ObjectID) async throws(Failure) -> Set<ObjectID> {
    guard book.groups.contains(group) else { return [] }
    let read = nextRead()
    let users = try await directory.members(of: group, transitively: nestedGroups)
    return book.update(membersOf: group, users: users, read: read)
  }

  private func refreshAssignments(readingAllGroups: Bool) async throws(Failure) -> Set<ObjectID> {
    let read = nextRead()
    let readsInnerGroups = readingAllGroups && innerGroupChanged
    // What changes from here on is not in this read.
    if readsInnerGroups { innerGroupChanged = false }
    do throws(Failure) {
      return try await takeIn(read, readingAllGroups: readingAllGroups)
    } catch {
      if readsInnerGroups { innerGroupChanged = true }
      throw error
    }
  }

  private func takeIn(
    _ read: AssignmentBook.Read, readingAllGroups: Bool
  ) async throws(Failure) -> Set<ObjectID> {
    let application: Application
    if let known = self.application {
      application = known
    } else {
      application = try await directory.application()
      self.application = application
    }
    let assignments = try await directory.assignments(to: application)
    book.see(assignments)
    let groups = Set(assignments.lazy.filter { $0.principalKind == .group }.map(\.principal))
    var missing = groups.filter { readingAllGroups || !book.knowsMembers(of: $0) }
    var members: [ObjectID: Set<ObjectID>] = [:]
    repeat {
      members.merge(try await directory.members(of: missing, transitively: nestedGroups)) { _, new in new }
      // Another read may have ended meanwhile and taken a group away. One whose members are not known must not look empty.
      missing = groups.filter { members[$0] == nil && !book.knowsMembers(of: $0) }
    } while !missing.isEmpty
    return book.update(application: application, assignments: assignments, members: members, read: read)
  }

  private func nextRead() -> AssignmentBook.Read {
    reads += 1
    return AssignmentBook.Read(number: reads, began: uptime.now, distance: confirmation.leave)
  }
}
