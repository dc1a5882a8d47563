/// The part of the state's port that finds people.
package protocol PeopleState: Sendable {
  /// The users whose link or log entries have the text, ordered by object id: an object id or person id as a whole, any part of a name.
  func people(matching text: String, after: ObjectID?, limit: Int) async throws(Failure) -> [ObjectID]

  /// How often the provisioning log has each action that went well, and `failure`, by the hour that it begins in.
  func actions(since time: Timestamp) async throws(Failure) -> [Timestamp: [String: Int]]
}
