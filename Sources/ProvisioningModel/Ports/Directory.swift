/// The port to Microsoft Entra ID. Every read either comes back whole or throws: a listing that broke half-way is a failure,
/// never a short answer.
package protocol Directory: Sendable {
  /// The enterprise application, found by its configured appId or object id.
  func application() async throws(Failure) -> Application

  /// All users and groups assigned to the application, one row per assignment.
  func assignments(to application: Application) async throws(Failure) -> [Assignment]

  /// The users among the members of a group; direct members, or all levels when `transitively`.
  func members(of group: ObjectID, transitively: Bool) async throws(Failure) -> Set<ObjectID>

  /// The ids of all users of the tenant that `isWanted`, deleted ones left out. The users handed to it have the attributes that mappings and
  /// filters read, but no manager.
  func allUsers(where isWanted: @Sendable (DirectoryUser) -> Bool) async throws(Failure) -> Set<ObjectID>

  /// The same for many groups.
  /// - Throws: When the members of any of them could not be read.
  func members(of groups: Set<ObjectID>, transitively: Bool) async throws(Failure) -> [ObjectID: Set<ObjectID>]

  /// One user as it is now. Calls at the same moment share requests (docs/decisions/0004-batched-reads.md, "Decision").
  func user(_ id: ObjectID) async throws(Failure) -> UserObservation

  /// Those of these users that are there, read in bulk. Nothing may be concluded about one who is not in the answer: it is to be read by
  /// itself.
  func users(_ ids: [ObjectID]) async throws(Failure) -> [ObjectID: DirectoryUser]

  /// One group as it is now, with its direct members read to the end.
  func group(_ id: ObjectID) async throws(Failure) -> GroupObservation

  /// The id of the user with this user principal name, or nil when there is none.
  func userID(principalName: String) async throws(Failure) -> ObjectID?

  /// Whether there is a group with this id.
  func isGroup(_ id: ObjectID) async throws(Failure) -> Bool

  /// A link that yields the changes from now on.
  func changesFromNow(_ kind: ObjectKind) async throws(Failure) -> DeltaLink

  /// The ids of the objects that changed since the link was made, read to the end.
  func changes(_ kind: ObjectKind, since link: DeltaLink) async throws(Failure) -> DeltaRound

  /// The same, unless that takes more than so many pages.
  /// - Returns: Nil when it does, or when the link is too old.
  func changes(_ kind: ObjectKind, since link: DeltaLink, atMost pages: Int) async throws(Failure) -> DeltaRound?
}

/// An opaque position in the directory's change stream.
package struct DeltaLink: Hashable, Sendable {
  package let url: String

  package init(_ url: String) {
    self.url = url
  }
}

/// The outcome of following a delta link.
package enum DeltaRound: Hashable, Sendable {
  /// - Parameter deleted: Those of the changed objects that the directory calls deleted for good.
  case changes(Set<ObjectID>, deleted: Set<ObjectID>, next: DeltaLink)
  /// The link is too old or was revoked: everything has to be looked at anew.
  case resynchronize
}
