#include <iostream>

int mian() {
    std::cout << "Hello from a container!\n";
}
