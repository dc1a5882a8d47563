/// Who is assigned, kept up to date by reading the directory. A read that fails changes nothing.
package actor Scope {
  private let directory: any Directory
  private let nestedGroups: Bool
  private var book: AssignmentBook
  private var application: Application?
  private var reads = 0

  package init(directory: any Directory, nestedGroups: Bool, includesDefaultAccess: Bool) {
    self.directory = directory
    self.nestedGroups = nestedGroups
    book = AssignmentBook(includesDefaultAccess: includesDefaultAccess)
  }

  /// False until the assignments have been read to the end once.
  package var isComplete: Bool { book.isComplete }

  package var users: [ObjectID] { Array(book.users) }

  package func isAssigned(_ user: ObjectID) -> Bool { book.isAssigned(user) }

  /// The users of whom the assignments say something else than when they were last looked at.
  package func users(differingFrom digests: [ObjectID: UInt64]) -> Set<ObjectID> {
    book.users(differingFrom: digests)
  }

  /// - Throws: When the assignments have not been read yet: unknown is not "unassigned".
  package func entitlement(of user: ObjectID) throws(Failure) -> Entitlement {
    guard book.isComplete else {
      throw Failure(
        .retry(after: nil), .internalError, "The assignments have not been read yet.",
        advice: "Nothing to do: it is tried again when the first read has ended.")
    }
    return book.entitlement(of: user)
  }

  /// Reads the application, its assignments and the members of every assigned group.
  /// - Returns: The users whose entitlement differs from before.
  package func refresh() async throws(Failure) -> Set<ObjectID> {
    application = try await directory.application()
    return try await refreshAssignments(readingAllGroups: true)
  }

  /// Reads the assignments, and the members of groups that were not assigned before.
  package func refreshAssignments() async throws(Failure) -> Set<ObjectID> {
    try await refreshAssignments(readingAllGroups: false)
  }

  /// Reads the members of one group, if it is assigned.
  package func refreshGroup(_ group: ObjectID) async throws(Failure) -> Set<ObjectID> {
    guard book.groups.contains(group) else { return [] }
    let read = nextRead()
    let users = try await directory.members(of: group, transitively: nestedGroups)
    return book.update(membersOf: group, users: users, read: read)
  }

  private func refreshAssignments(readingAllGroups: Bool) async throws(Failure) -> Set<ObjectID> {
    let read = nextRead()
    let application: Application
    if let known = self.application {
      application = known
    } else {
      application = try await directory.application()
      self.application = application
    }
    let assignments = try await directory.assignments(to: application)
    let known = readingAllGroups ? [] : book.groups
    var members: [ObjectID: Set<ObjectID>] = [:]
    for assignment in assignments where assignment.principalKind == .group {
      let group = assignment.principal
      guard !known.contains(group), members[group] == nil else { continue }
      members[group] = try await directory.members(of: group, transitively: nestedGroups)
    }
    return book.update(application: application, assignments: assignments, members: members, read: read)
  }

  private func nextRead() -> Int {
    reads += 1
    return reads
  }
}
