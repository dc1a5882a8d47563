/// Who is being made by a file and who was: a run that goes on meanwhile must not make the same person, and whoever came of a file is found
/// and completed by the next run, as if made one by one.
package actor UploadBook {
  /// Whom runs are making.
  private var creating: Set<ObjectID> = []
  /// Whom runs have made or begun to make, from the listing on that says who is new; nil while nobody needs to know.
  private var made: Set<ObjectID>?
  private var underWay: [ObjectID: String] = [:]
  /// Those who came of files and have not been completed, with the target names that they were given.
  private var uploaded: [ObjectID: String] = [:]

  package init() {}

  // MARK: Files

  /// To be called before the listing is read, so that nobody is missed who is made meanwhile.
  func open() {
    made = creating
  }

  func close() {
    made = nil
    underWay = [:]
  }

  /// Those who may go into a file: whom no run has begun to make. From here on none does.
  func begin(_ names: [ObjectID: String]) -> Set<ObjectID> {
    underWay = names.filter { made?.contains($0.key) == false }
    return Set(underWay.keys)
  }

  /// - Parameter mayHaveWorked: False when certainly nobody was made.
  func end(mayHaveWorked: Bool) {
    if mayHaveWorked { uploaded.merge(underWay) { $1 } }
    underWay = [:]
  }

  /// Takes over what a former process has left.
  func restore(from state: any State) async throws(Failure) {
    for record in try await state.uploads() { uploaded[record.user] = record.targetName }
  }

  // MARK: Runs

  /// To be asked before a person is created; `endCreation` follows in any case.
  func beginCreation(_ user: ObjectID) throws(Failure) {
    guard underWay[user] == nil else {
      throw Failure(
        .retry(after: .seconds(10)), .internalError, "The person is being created with others, by an uploaded file.",
        advice: "Nothing to do: it is looked at again.")
    }
    creating.insert(user)
    made?.insert(user)
  }

  func endCreation(_ user: ObjectID) {
    creating.remove(user)
  }

  /// The target name by which a file may have made the user's person; nil when there is nothing to complete.
  func name(_ user: ObjectID) -> String? { uploaded[user] }

  /// - Returns: Whether there was something to complete.
  func complete(_ user: ObjectID) -> Bool {
    uploaded.removeValue(forKey: user) != nil
  }
}
