import ProvisioningModel

/// Sees to it that no two users' runs work on one person at the same time: from before a person is
/// written until it is recorded whose it is.
actor PersonClaims {
  private var holders: [PersonID: ObjectID] = [:]

  /// - Throws: When another user's run has the person: this one is to come back.
  func claim(_ person: PersonID, for user: ObjectID) throws(Failure) {
    if let holder = holders[person], holder != user {
      throw Failure(
        .retry(after: nil), .internalError, "The person is being provisioned for another user (\(holder)).",
        advice: "Nothing to do: it is tried again in a moment.")
    }
    holders[person] = user
  }

  /// Gives back everything that this user's run has claimed.
  func release(_ user: ObjectID) {
    for (person, holder) in holders where holder == user {
      holders[person] = nil
    }
  }
}
