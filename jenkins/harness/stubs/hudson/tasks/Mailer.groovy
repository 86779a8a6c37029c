package hudson.tasks

class Mailer {
    static Object propertyOf(String address) { new UserProperty(address: address) }

    static class UserProperty {
        String address
    }
}
