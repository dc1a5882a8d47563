package import ProvisioningModel

extension Directory {
  /// The objects that a caller names: by the object id of a user or a group, or by a user's principal name, also a guest's with `#EXT#`.
  /// - Throws: When the directory knows no such user.
  package func subjects(named names: [String]) async throws(Failure) -> [JobSubject] {
    var subjects: [JobSubject] = []
    for name in names { subjects.append(try await subject(named: name)) }
    return subjects
  }

  private func subject(named name: String) async throws(Failure) -> JobSubject {
    if ObjectID.isWellFormed(name) {
      let id = ObjectID(name)
      // An object that is gone for good is left to the run: a person may still be linked to the id.
      guard try await user(id) == .absent, try await isGroup(id) else { return JobSubject(id, .user) }
      return JobSubject(id, .group)
    }
    guard let id = try await userID(principalName: name) else {
      throw Failure(
        .escrow, .importSkipped, "The directory has no user with the user principal name '\(name)'.",
        advice: "Check the spelling. A deleted user, or a group, is found by its object id.")
    }
    return JobSubject(id, .user)
  }
}
